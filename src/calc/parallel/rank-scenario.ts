import type { Division, Scenario } from "#calc/scenario.ts";
import { peakFunction } from "#calc/step/peak-function.ts";
import { dividedArchitecture } from "./divided-architecture.ts";
import { stagesOf } from "./stages.ts";

/** The stage of a pipeline that takes most. */
const fullestStage = (scenario: Scenario, division: Division): Scenario => {
  const peaks = stagesOf(scenario, division).map((each) => [each, peakFunction(each)(scenario)] as const);
  return peaks.reduce((most, each) => (each[1] > most[1] ? each : most))[0];
};

/**
 * What one rank runs of a model that several divide: its part of every matrix, its share of the tokens. Parameters are sharded, and batches shared, among
 * the GPUs that have the same part.
 *
 * @see accelerate 1.15, parallelism_config.py, `fsdp_dim_names`: shards lie over the ranks of data and of context
 */
export const rankScenario = (scenario: Scenario): Scenario => {
  const { architecture, division, gpus, sequence_length } = scenario;
  if (division === undefined) return scenario;
  const { tp_size, cp_size, pp_size, stage } = division;
  if (pp_size > 1 && stage === undefined) return rankScenario(fullestStage(scenario, division));
  return {
    ...scenario,
    architecture: dividedArchitecture(architecture, tp_size),
    gpus: gpus / (tp_size * pp_size),
    sequence_length: Math.ceil(sequence_length / cp_size),
  };
};
