import type { Bytes } from "#calc/base/quantity.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { peakFunction } from "#calc/step/peak-function.ts";
import { microBatchesOf, stageOf } from "./stages.ts";

/** One stage of a pipeline: its layers, from the first to before the last, the micro batches that it keeps at once, and its peak. */
export type StagePeak = Readonly<{
  from: number;
  to: number;
  isFirst: boolean;
  isLast: boolean;
  inFlight: number;
  peakBytes: Bytes;
}>;

/** What each stage of a pipeline holds at its peak on each of its GPUs, first stage to last; empty where there is no pipeline. */
export const stagePeaks = (scenario: Scenario): readonly StagePeak[] => {
  const { division, architecture, gradient_accumulation_steps } = scenario;
  if (division === undefined || division.pp_size === 1) return [];
  return [...Array(division.pp_size).keys()].flatMap((stage) => {
    const of = { ...division, stage };
    const found = stageOf(architecture.num_hidden_layers, of);
    if (found === null) return [];
    const { layers, isFirst, isLast } = found;
    const { inFlight } = microBatchesOf(gradient_accumulation_steps, of);
    const peakBytes = peakFunction({ ...scenario, division: of })(scenario);
    return [{ from: layers[0], to: layers[1], isFirst, isLast, inFlight, peakBytes }];
  });
};
