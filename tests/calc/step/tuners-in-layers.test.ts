import { describe, expect, test } from "vitest";
import { CUDA } from "#calc/base/machine.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import { type Scenario, TUNERS } from "#calc/model/scenario.ts";
import { peakOf } from "#calc/model/timeline.ts";
import { compileChain, compileStep, runChainOf } from "#calc/step/compile-step.ts";
import type { CompiledStep } from "#calc/step/program.ts";
import { tapeOptionsOf } from "#calc/step/step-options.ts";
import { walk } from "#calc/step/walk.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { firstLayers } from "../parallel/mixed-layers.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { FAMILIES, WORKINGS } from "../workings.ts";

/** Each tuner in a model of layers of one kind and of several, with checkpoints and without. */
const CASES = TUNERS.flatMap((tuner) =>
  (["llama-3.2-1b", "gemma-2-2b"] as const).flatMap((model) =>
    [true, false].flatMap((gradient_checkpointing) =>
      [1, 2].map((gradient_accumulation_steps) => ({
        tuner,
        model,
        gradient_checkpointing,
        gradient_accumulation_steps,
      })),
    ),
  ),
);

const asked = ({ tuner, model, ...rest }: (typeof CASES)[number]): Scenario =>
  scenario({
    architecture: firstLayers(model, 9),
    method: loraMethod({ tuner, r: 8, lora_dropout: tuner === "lorafa" ? 0.1 : 0 }),
    sequence_length: 256,
    ...rest,
  });

const momentsOf = (compiled: CompiledStep, of: Scenario): readonly unknown[] =>
  walk(compiled, null, of).moments.map(({ id, live, peak }) => [id, live.bytes, peak.bytes]);

describe("A step with any tuner", () => {
  test.each(CASES)(
    "$tuner in $model, $gradient_checkpointing, $gradient_accumulation_steps: as every layer one by one",
    (each) => {
      const of = asked(each);
      const options = tapeOptionsOf(WORKINGS, of, CUDA);
      const { forward } = FAMILIES.modellingOf(of.architecture.model_type, of.modelling);
      const { layers } = runChainOf(WORKINGS, options, { forward });
      const stands = layers.map((_, layer) => layer);
      const long = compileChain(WORKINGS, options, { forward, run: layers, stands });
      expect(momentsOf(compileStep(WORKINGS, options), of)).toEqual(momentsOf(long, of));
    },
  );

  test.each(CASES.filter(({ model }) => model === "llama-3.2-1b"))(
    "$tuner, $gradient_checkpointing, $gradient_accumulation_steps: its peak is on the timeline, and is told tensor by tensor",
    (each) => {
      const of = asked(each);
      const estimate = estimated(ENGINE.estimate(of));
      const step = ENGINE.explainedStep({ scenario: of, estimate });
      if (step === null) throw new Error("a step is run");
      const peak = peakOf(ENGINE.timeline(step));
      expect(peak.bytes).toBe(estimate.peakBytes);
      expect(ENGINE.explainPeak(step, peak).reduce((total, { bytes }) => total + bytes, 0)).toBe(peak.bytes);
      expect(ENGINE.peakFunction(of)(of)).toBe(estimate.peakBytes);
      expect(estimate.moments.map(({ id }) => id)).toEqual(["load", "forward", "backward", "step", "zero"]);
    },
  );
});
