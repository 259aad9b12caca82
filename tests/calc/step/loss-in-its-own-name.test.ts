import { CUDA } from "#calc/base/machine.ts";
import { describe, expect, test } from "vitest";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { runChainOf } from "#calc/step/compile-step.ts";
import { stepOptionsOf } from "#calc/step/step-options.ts";
import { trace } from "#calc/step/trace.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { FAMILIES, WORKINGS } from "../workings.ts";

const LOSSES: readonly Scenario["loss"][] = [
  { kind: "full", transformers: "5", outputsKept: false },
  { kind: "full", transformers: "4.45", outputsKept: false },
  { kind: "inplace" },
  { kind: "chunked", chunks: 8 },
  { kind: "fused", kernel: "liger" },
  { kind: "fused", kernel: "trl" },
];

describe.each(LOSSES)("A loss ends with its name: %j", (loss) => {
  test("the second micro step's modules are called as the first's", () => {
    const options = stepOptionsOf(WORKINGS, scenario({ loss, gradient_accumulation_steps: 2 }), CUDA);
    const { forward } = FAMILIES.modellingOf("llama", options.modelling);
    const { run } = runChainOf(WORKINGS, options, { forward });
    const { log, segments } = trace(WORKINGS, options, {
      forward,
      layout: FAMILIES.layoutOf(options.architecture),
      chain: run,
    }).card;
    const modulesOf = (microStep: number): readonly string[] => {
      const names = segments
        .filter((each) => each.microStep === microStep && each.phase !== "load")
        .flatMap(({ from, to }) => log.slice(from, to).map(({ module }) => module));
      return [...new Set(names)].toSorted();
    };
    expect(modulesOf(1)).toEqual(modulesOf(0));
  });

  test("micro steps that add up are divided as one that does not is", () => {
    const peakOf = (gradient_accumulation_steps: number): number =>
      estimated(
        ENGINE.estimate(
          scenario({
            method: loraMethod(),
            loss,
            gradient_accumulation_steps,
            gpus: 4,
            sharding: "fsdp2",
            division: { tp_size: 2, sequence_parallel: true, cp_size: 1, pp_size: 1 },
          }),
        ),
      ).peakBytes;
    expect(peakOf(2)).toBeGreaterThanOrEqual(peakOf(1));
  });
});
