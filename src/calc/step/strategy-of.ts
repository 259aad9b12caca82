import { assert } from "#calc/base/assert.ts";
import { isAlone } from "#calc/model/dividing-ranks.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { ModelHooks } from "#calc/modules/model-hooks.ts";
import type { Tape } from "#calc/tape/tape.ts";
import type { Strategy } from "./strategy.ts";
import type { Workings } from "./workings.ts";

/**
 * How several GPUs, or a GPU and its host, share the work; null for a GPU alone.
 *
 * @throws Error when the engine was made without it: `estimate` refuses such a scenario before
 */
export const strategyOf = ({ strategy }: Workings, scenario: Scenario): Strategy | null => {
  if (isAlone(scenario)) return null;
  assert(strategy !== null, "somebody knows how several GPUs share the work");
  return strategy;
};

/** What happens around the modules of a run; null where nothing is gathered. */
export const rankHooks = (workings: Workings, tape: Tape, options: StepOptions): ModelHooks | null =>
  workings.strategy?.hooks(workings, tape, options) ?? null;

/** What one of several GPUs runs of a model that they divide: its part of the matrices, tokens and layers, among as many ranks as share the rest. */
export const scenarioOfRank = (workings: Workings, scenario: Scenario): Scenario =>
  strategyOf(workings, scenario)?.ofRank(workings.families, scenario, (each) => workings.peakFunction(each)(each)) ??
  scenario;

/** The state in which a stage ends the step that it is in, by the optimizer's step. */
export const stateAtEndOf = (workings: Workings, scenario: Scenario): Scenario =>
  strategyOf(workings, scenario)?.atEnd(scenario) ?? scenario;

/** What the stages of a pipeline are in, unless one is asked for in particular; none where layers are not divided. */
export const pipelineStatesOf = (workings: Workings, scenario: Scenario): readonly Scenario[] =>
  strategyOf(workings, scenario)?.states(scenario) ?? [];
