import { describe, expect, test } from "vitest";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { loraMethod, scenario } from "../scenario.ts";

const { hidden_size: h, intermediate_size: m = 0, num_attention_heads: heads } = LLAMA_2_7B;
const TOKENS = 1024;

const momentOf = (of: Scenario, wanted: "forward" | "backward") => {
  const moment = estimated(ENGINE.estimate(of)).moments.find(({ id }) => id === wanted);
  if (moment === undefined) throw new Error(`no ${wanted}`);
  return moment;
};

/** Bytes of a token that one layer keeps from forward to backward: weights and what does not grow with length cancel out. */
const keptByLayer = (way: Partial<Scenario>): number => {
  const live = (num_hidden_layers: number, sequence_length: number): number =>
    momentOf(
      scenario({
        ...way,
        architecture: { ...LLAMA_2_7B, num_hidden_layers },
        gradient_checkpointing: false,
        sequence_length,
      }),
      "forward",
    ).liveBytes;
  const growth = (layers: number): number => live(layers, 2 * TOKENS) - live(layers, TOKENS);
  return (growth(5) - growth(4)) / TOKENS;
};

const peakOf = (way: Partial<Scenario>): number => estimated(ENGINE.estimate(scenario(way))).peakBytes;

const LORA = { method: loraMethod({ r: 8 }), attn_implementation: "flash" } as const;
const BOTH = { lora: true, liger: true } as const;
/** Residual streams before each norm and a number a row of it; norms' results; q, k, v; attention's output and a number a head; gate and up. */
const ALL = 2 * h * 2 + 4 * 2 + 2 * h * 2 + 2 * h * 3 + 2 * h + 4 * heads + 2 * m * 2;

describe("a layer keeps from forward to backward", () => {
  test("with both kinds of kernels only what their backward reads", () => {
    expect(keptByLayer({ ...LORA, kernels: BOTH })).toBe(ALL);
  });

  test("with dropout one mask and one input more for each group of adapters", () => {
    const method = loraMethod({ r: 8, lora_dropout: 0.1 });
    // Before q, k, v; before o; before gate and up: none before down.
    expect(keptByLayer({ ...LORA, method, kernels: BOTH })).toBe(ALL + 3 * (2 * h + h));
  });

  test("with Liger’s alone a norm’s input in 16 bits, not in fp32, and nothing of what the activation makes", () => {
    const [liger, none] = [keptByLayer({ ...LORA, kernels: { liger: true } }), keptByLayer(LORA)];
    expect(none - liger).toBe(2 * (4 * h - 2 * h) + 2 * m);
  });

  test("of full fine-tuning nothing else with the kernels of adapters", () => {
    expect(keptByLayer({ kernels: { lora: true } })).toBe(keptByLayer({}));
  });
});

test("kernels of adapters leave alone what they do not take: a linear without an adapter keeps its group with PEFT", () => {
  const queries = { ...LORA, method: loraMethod({ r: 8, target_modules: ["q_proj", "o_proj"] }) };
  const some = keptByLayer({ ...queries, kernels: { lora: true } });
  expect(some).toBeLessThan(keptByLayer(queries));
  const dora = { ...LORA, method: loraMethod({ r: 8, use_dora: true }) };
  expect(keptByLayer({ ...dora, kernels: { lora: true } })).toBe(keptByLayer(dora));
});

test("under checkpoints, reentrant or not, the layer that runs again takes less with kernels", () => {
  for (const reentrant of [true, false]) {
    const checkpointed = {
      ...LORA,
      reentrant,
      sequence_length: 65_536,
      loss: { kind: "fused", kernel: "liger" },
    } as const;
    const [none, lora, both] = [undefined, { lora: true } as const, BOTH].map((kernels) =>
      peakOf({ ...checkpointed, ...(kernels && { kernels }) }),
    ) as [number, number, number];
    expect(lora).toBeLessThan(0.9 * none);
    expect(both).toBeLessThan(lora);
  }
});

test("checkpoints are as the scenario says, else as the modelling code has them", () => {
  const long = { ...LORA, sequence_length: 32_768, loss: { kind: "fused", kernel: "liger" } } as const;
  const reentrant = peakOf({ ...long, reentrant: true });
  expect(peakOf({ ...long, reentrant: false })).toBe(peakOf(long));
  // Its layer runs again with an input that is a leaf, whose gradient is there beside that of the output.
  expect(reentrant).toBeGreaterThan(peakOf(long));
  const older = { ...long, modelling: "transformers-4.48" } as const;
  expect(peakOf({ ...older, reentrant: true })).toBe(peakOf(older));
});
