import { expect, test, describe } from "vitest";
import { dividedArchitecture } from "#calc/parallel/divided-architecture.ts";
import { LLAMA_2_7B, QWEN3_30B_A3B } from "../architectures.ts";
import { FAMILIES } from "../workings.ts";
import { estimated, type MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Division, Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { scenario } from "../scenario.ts";

test("The first of ranks has its share of heads, and widths and words rounded up", () => {
  expect(dividedArchitecture(FAMILIES, LLAMA_2_7B, { tp_size: 1 })).toBe(LLAMA_2_7B);
  expect(dividedArchitecture(FAMILIES, LLAMA_2_7B, { tp_size: 2 })).toMatchObject({
    hidden_size: 4096,
    num_attention_heads: 16,
    num_key_value_heads: 16,
    intermediate_size: 5504,
    vocab_size: 16_000,
  });
  expect(dividedArchitecture(FAMILIES, { ...LLAMA_2_7B, vocab_size: 32_001 }, { tp_size: 2 }).vocab_size).toBe(16_001);
});

test("A rank's part of a model is made once, so that what follows from it is known again", () => {
  expect(dividedArchitecture(FAMILIES, LLAMA_2_7B, { tp_size: 4 })).toBe(
    dividedArchitecture(FAMILIES, LLAMA_2_7B, { tp_size: 4 }),
  );
});

const ALONE: Division = { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 1 };

const FSDP = {
  reshardsAfterForward: true,
  reduce: "bf16",
  reducesEachMicroStep: false,
  endsApart: true,
  keepsTypes: true,
  castsInputs: false,
} as const;

const shared = (ep_size: number, patch: Partial<Scenario> = {}): Scenario =>
  scenario({
    architecture: { ...QWEN3_30B_A3B, num_hidden_layers: 4 },
    method: { kind: "full" },
    gpus: 8,
    sharding: "fsdp2",
    fsdp: FSDP,
    ...patch,
    ...(ep_size > 1 && { division: { ...ALONE, ep_size } }),
  });

const of = (asked: Scenario): MemoryEstimate => estimated(ENGINE.estimate(asked));

const term = ({ moments }: MemoryEstimate, moment: string, id: "weights" | "gradients" | "optimizer"): number =>
  moments.find((each) => each.id === moment)?.terms[id] ?? 0;

describe("A rank that shares out experts", () => {
  test("has its part of them, whole, and a router that knows all", () => {
    const part = dividedArchitecture(FAMILIES, QWEN3_30B_A3B, { tp_size: 1, ep_size: 8 });
    expect(part.num_experts).toBe(128);
    const modules = FAMILIES.layoutOf(part).layers.flatMap((layer) => layer.modules);
    expect(modules.find(({ kind }) => kind === "experts")).toMatchObject({
      num_experts: 16,
      tensors: [{ shape: [16, 1536, 2048] }, { shape: [16, 2048, 768] }],
    });
    expect(modules.find(({ name }) => name === "mlp.gate")).toMatchObject({ tensors: [{ shape: [128, 2048] }] });
  });

  test("has whole experts beside parts of matrices", () => {
    const part = dividedArchitecture(FAMILIES, QWEN3_30B_A3B, { tp_size: 2, ep_size: 4 });
    const modules = FAMILIES.layoutOf(part).layers.flatMap((layer) => layer.modules);
    expect(modules.find(({ name }) => name === "self_attn.q_proj")).toMatchObject({ out_features: 2048 });
    expect(modules.find(({ kind }) => kind === "experts")).toMatchObject({
      tensors: [{ shape: [32, 1536, 2048] }, { shape: [32, 2048, 768] }],
    });
  });

  test("keeps as much of parameters and states as one that shards all of them", () => {
    const [together, apart] = [of(shared(1)), of(shared(4))];
    for (const id of ["weights", "optimizer"] as const)
      expect(term(apart, "step", id)).toBe(term(together, "step", id));
  });

  test("gathers 1/N of the experts of a layer", () => {
    // Gate, up and down of 128 experts, in 16 bits.
    const layer = 3 * 128 * 768 * 2048 * 2;
    const patch = { sequence_length: 64, gradient_checkpointing: true };
    const peak = (ep: number): number => of(shared(ep, patch)).peakBytes;
    // At its peak a rank has gathered them, and has their gradients.
    expect(peak(2) - peak(4)).toBeGreaterThan(layer / 4);
  });

  test("of one rank is the whole, to the byte", () => {
    const plain = shared(1);
    expect(of({ ...plain, division: ALONE })).toEqual(of(plain));
  });
});
