import { assert } from "#calc/base/assert.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { Families } from "#calc/families/families.ts";
import type { PeakOf } from "#calc/step/strategy.ts";
import { dividedArchitecture } from "./divided-architecture.ts";
import { dividingRanks, tokensDividedBy } from "#calc/model/dividing-ranks.ts";
import { pipelineStates } from "./stages.ts";

/** The state of a pipeline whose peak is highest. */
const fullest = (states: readonly Scenario[], peakOf: PeakOf): Scenario =>
  states.reduce((most, each) => (peakOf(each) > peakOf(most) ? each : most));

/**
 * The scenario of one rank where several divide a model: its part of every matrix, its share of the tokens. `gpus` are then those that have the same part:
 * they shard its parameters and divide the batch.
 *
 * @see accelerate 1.15, parallelism_config.py, `fsdp_dim_names`: shards lie over the ranks of data and of context
 */
export const rankScenario = (families: Families, scenario: Scenario, peakOf: PeakOf): Scenario => {
  const { architecture, division, gpus, sequence_length } = scenario;
  if (division === undefined) return scenario;
  const { tp_size, pp_size } = division;
  const states = pipelineStates(scenario);
  if (states.length > 0) return rankScenario(families, fullest(states, peakOf), peakOf);
  assert(gpus % dividingRanks(division) === 0, "as many GPUs as divide a model, or a multiple");
  return {
    ...scenario,
    architecture: dividedArchitecture(families, architecture, division),
    gpus: gpus / (tp_size * pp_size),
    sequence_length: Math.ceil(sequence_length / tokensDividedBy(division)),
  };
};
