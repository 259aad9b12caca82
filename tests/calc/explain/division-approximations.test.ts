import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import type { Division, Scenario } from "#calc/model/scenario.ts";
import { LLAMA_2_7B, QWEN3_30B_A3B } from "../architectures.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";

const said = (division: Partial<Division>, patch: Partial<Scenario> = {}): string =>
  ENGINE.approximations(
    scenario({
      gpus: 8,
      ...patch,
      division: { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 1, ...division },
    }),
  ).join(" ");

describe("What is said of GPUs that divide a model", () => {
  test("is nothing where all of it is held against PyTorch", () => {
    expect(said({ tp_size: 2, sequence_parallel: true })).toBe("");
    expect(said({ tp_size: 2 }, { sharding: "fsdp2", method: loraMethod() })).toBe("");
    expect(said({ pp_size: 2 })).toBe("");
    expect(said({ pp_size: 2 }, { sharding: "ddp" })).toBe("");
    expect(said({ pp_size: 2, tp_size: 2 }, { sharding: "fsdp2" })).toBe("");
    expect(said({ tp_size: 2, sequence_parallel: true, loss_parallel: true }, { sharding: "fsdp2" })).toBe("");
    expect(said({ ulysses_size: 8 }, { sharding: "none" })).toBe("");
    expect(said({ pp_size: 2 }, { method: qloraMethod() })).toBe("");
    const grouped = { ...LLAMA_2_7B, num_key_value_heads: 8 };
    expect(said({ tp_size: 2 }, { architecture: grouped, weights: "fp32", autocast: false })).toBe("");
  });

  test.each<readonly [RegExp, Partial<Division>, Partial<Scenario>]>([
    [/quantised matrices are cut/, { tp_size: 2 }, { method: qloraMethod() }],
    [
      /results are gathered/,
      { tp_size: 2 },
      { architecture: { ...LLAMA_2_7B, model_type: "phi3" }, method: loraMethod({ target_modules: ["gate_up_proj"] }) },
    ],
    [/DoRA/, { tp_size: 2 }, { method: loraMethod({ use_dora: true }) }],
    [
      /not checked against a run of this family or method/,
      { tp_size: 2, sequence_parallel: true },
      { method: loraMethod() },
    ],
    [/own columns of the head/, { tp_size: 2 }, { loss: { kind: "inplace" } }],
    [/regardless of what this library has of its own/, { pp_size: 2 }, { modelling: "torchtune" }],
    [/PyTorch’s ring/, { cp_size: 2 }, {}],
    [/ZeRO alone/, { ulysses_size: 2 }, { sharding: "fsdp2" }],
    [/ZeRO alone/, { ulysses_size: 2 }, { sharding: "ddp", gpus: 2 }],
    [/attention runs in full/, { ulysses_size: 2 }, { architecture: QWEN3_30B_A3B, weights: "fp32", autocast: false }],
    [/as if experts were chosen evenly/, { ep_size: 4 }, { architecture: QWEN3_30B_A3B, sharding: "fsdp2" }],
    [
      /of this family not checked/,
      { ep_size: 4 },
      { architecture: { ...QWEN3_30B_A3B, model_type: "lfm2_moe" }, sharding: "fsdp2" },
    ],
    [
      /which calls the head by itself/,
      { ep_size: 4 },
      { architecture: QWEN3_30B_A3B, sharding: "fsdp2", loss: { kind: "fused", kernel: "trl" } },
    ],
    [
      /adapters beside matrices that are divided, too/,
      { tp_size: 2, ep_size: 4 },
      { architecture: QWEN3_30B_A3B, sharding: "fsdp2", method: loraMethod() },
    ],
    [/both at once are not checked against a run/, { ulysses_size: 8 }, { sharding: "zero3" }],
    [/both at once are not checked against a run/, { cp_size: 8 }, { sharding: "zero3" }],
    [/both at once are not checked against a run/, { pp_size: 2 }, { sharding: "zero1" }],
    [/both at once are not checked against a run/, { tp_size: 2 }, { sharding: "ddp" }],
  ])("is %s where that applies", (words, division, patch) => {
    expect(said(division, patch)).toMatch(words);
  });
});
