import fc from "fast-check";
import { expect, test } from "vitest";
import { estimateMemory } from "#calc/estimate.ts";
import type { MemoryEstimate } from "#calc/memory-estimate.ts";
import { GIB } from "#calc/quantity.ts";
import { MOMENT_STACK, momentsSeries } from "#charts/moments-series.ts";
import type { Scenario } from "#calc/scenario.ts";

const scenario = (sequence_length: number): Scenario => ({
  architecture: {
    model_type: "llama",
    num_hidden_layers: 32,
    hidden_size: 4096,
    num_attention_heads: 32,
    num_key_value_heads: 8,
    head_dim: 128,
    intermediate_size: 14336,
    vocab_size: 128256,
    tie_word_embeddings: false,
    max_position_embeddings: 131072,
  },
  statedParameters: null,
  accounting: "training-step",
  method: { kind: "full" },
  weights: "bf16",
  gradients: null,
  optimizerStates: null,
  masterWeightBytes: 0,
  autocast: true,
  micro_batch_size: 1,
  sequence_length,
  gradient_accumulation_steps: 1,
  gradient_checkpointing: true,
  checkpointsOffloaded: false,
  attn_implementation: "sdpa",
  packing: true,
  loss: { kind: "full", transformers: "5", outputsKept: false },
  optim: "adamw_torch_fused",
  gpus: 1,
  sharding: "none",
  offload: "none",
});

const series = (estimate: MemoryEstimate): ReturnType<typeof momentsSeries> => momentsSeries(estimate, 23.55 * GIB);

test("the bar of the peak is the total on the card, and no bar is higher", () => {
  fc.assert(
    fc.property(fc.integer({ min: 16, max: 16_384 }), (sequence_length) => {
      const estimate = estimateMemory(scenario(sequence_length));
      const { bars } = series(estimate);
      const peak = bars.find(({ isPeak }) => isPeak);
      expect(peak?.totalGib).toBeCloseTo(estimate.onCardBytes / GIB, 6);
      for (const { totalGib } of bars) expect(totalGib).toBeLessThanOrEqual((peak?.totalGib ?? 0) + 1e-9);
    }),
    { numRuns: 30 },
  );
});

test("parts lie on each other from zero to the total, what stays at the bottom", () => {
  for (const { parts, totalGib } of series(estimateMemory(scenario(2048))).bars) {
    let topGib = 0;
    for (const part of parts) {
      topGib += part.gib;
      expect(part.topGib).toBeCloseTo(topGib, 9);
    }
    expect(topGib).toBeCloseTo(totalGib, 6);
    expect(parts.map(({ id }) => id)).toEqual(MOMENT_STACK);
  }
});

test("the axis leaves room above the highest bar and the capacity line for what is written on them", () => {
  const estimate = estimateMemory(scenario(2048));
  for (const capacityGib of [8, 23.55, 79.2]) {
    const { bars, endGib } = momentsSeries(estimate, capacityGib * GIB);
    expect(endGib).toBeGreaterThan(1.1 * Math.max(capacityGib, ...bars.map(({ totalGib }) => totalGib)));
  }
});
