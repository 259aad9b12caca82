import { assert } from "#calc/base/assert.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { peakFunction } from "#calc/step/peak-function.ts";
import { dividedArchitecture } from "./divided-architecture.ts";
import { dividingRanks, tokensDividedBy } from "./dividing-ranks.ts";
import { pipelineStates } from "./stages.ts";

/** The state of a pipeline that takes most. */
const fullest = (states: readonly Scenario[]): Scenario =>
  states.reduce((most, each) => (peakFunction(each)(each) > peakFunction(most)(most) ? each : most));

/**
 * What one rank runs of a model that several divide: its part of every matrix, its share of the tokens. Parameters are sharded, and batches shared, among
 * the GPUs that have the same part.
 *
 * @see accelerate 1.15, parallelism_config.py, `fsdp_dim_names`: shards lie over the ranks of data and of context
 */
export const rankScenario = (scenario: Scenario): Scenario => {
  const { architecture, division, gpus, sequence_length } = scenario;
  if (division === undefined) return scenario;
  const { tp_size, pp_size } = division;
  const states = pipelineStates(scenario);
  if (states.length > 0) return rankScenario(fullest(states));
  assert(gpus % dividingRanks(division) === 0, "as many GPUs as divide a model, or a multiple");
  return {
    ...scenario,
    architecture: dividedArchitecture(architecture, tp_size),
    gpus: gpus / (tp_size * pp_size),
    sequence_length: Math.ceil(sequence_length / tokensDividedBy(division)),
  };
};
