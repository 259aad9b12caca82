import type { Scenario } from "#calc/model/scenario.ts";
import type { StagePeak } from "#calc/model/stage-peak.ts";
import type { PeakOf } from "#calc/step/strategy.ts";
import { microBatchesOf, stageOf } from "./stages.ts";

/** The peak of each stage of a pipeline on each of its GPUs, first stage to last; empty without a pipeline. */
export const stagePeaks = (scenario: Scenario, peakOf: PeakOf): readonly StagePeak[] => {
  const { division, architecture, gradient_accumulation_steps } = scenario;
  if (division === undefined || division.pp_size === 1) return [];
  return [...Array(division.pp_size).keys()].flatMap((stage) => {
    const of = { ...division, stage };
    const found = stageOf(architecture.num_hidden_layers, of);
    if (found === null) return [];
    const { layers, isFirst, isLast } = found;
    const { inFlight } = microBatchesOf(gradient_accumulation_steps, of);
    const peakBytes = peakOf({ ...scenario, division: of });
    return [{ from: layers[0], to: layers[1], isFirst, isLast, inFlight, peakBytes }];
  });
};
