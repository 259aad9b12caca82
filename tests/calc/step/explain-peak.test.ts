import { describe, expect, test } from "vitest";
import { compileStep } from "#calc/step/compile-step.ts";
import { evaluateStep } from "#calc/step/evaluate-step.ts";
import { explainPeak } from "#calc/step/explain-peak.ts";
import { stepOptionsOf } from "#calc/step/step-options.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { loraMethod, scenario } from "../scenario.ts";

const SMALL = { ...LLAMA_2_7B, num_hidden_layers: 5 };

describe("What is alive at the peak, tensor by tensor", () => {
  const options = stepOptionsOf(
    scenario({ architecture: SMALL, method: loraMethod({ r: 8 }), gradient_checkpointing: false, micro_batch_size: 2 }),
    false,
  );
  const point = { micro_batch_size: 2, sequence_length: 2048 };
  const alive = explainPeak(options, point, "backward");

  test("sums to the peak", () => {
    const backward = evaluateStep(compileStep(options), point).moments.find(({ id }) => id === "backward");
    expect(alive.reduce((total, { bytes }) => total + bytes, 0)).toBe(backward?.peakBytes);
  });

  test("names the module, the operation and the layers, the largest first", () => {
    const mlp = alive.find(
      ({ module, op, component }) => module === "act_fn" && op === "silu" && component === "activations",
    );
    expect(mlp?.layers).toEqual([0, 1, 2, 3, 4]);
    expect(mlp?.shape).toEqual(["b", "s", SMALL.intermediate_size]);
    expect(alive.map(({ bytes }) => bytes)).toEqual(
      alive.map(({ bytes }) => bytes).toSorted((one, other) => other - one),
    );
  });

  test("has every weight of the model once", () => {
    const weights = alive.filter(({ component, op }) => component === "weights" && op === "parameter");
    const head = weights.find(({ module }) => module === "lm_head.weight");
    expect(head?.bytes).toBe(SMALL.vocab_size * SMALL.hidden_size * 2);
  });
});
