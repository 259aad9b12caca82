import { assert } from "#calc/base/assert.ts";
import { isAlone } from "#calc/model/division.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { ModelHooks } from "#calc/modules/forward.ts";
import type { Tape } from "#calc/tape/tape.ts";
import type { Strategy } from "./strategy.ts";
import type { Workings } from "./workings.ts";

/**
 * The strategy by which several GPUs, or a GPU and its host, share the work; null for a GPU alone.
 *
 * @throws Error when the engine was created without a strategy; `estimate` refuses such a scenario earlier
 */
export const strategyOf = ({ strategy }: Workings, scenario: Scenario): Strategy | null => {
  if (isAlone(scenario)) return null;
  assert(strategy !== null, "somebody knows how several GPUs share the work");
  return strategy;
};

/** What a rank does around the modules of a run; null where it does nothing. */
export const rankHooks = (workings: Workings, tape: Tape, options: StepOptions): ModelHooks | null =>
  workings.strategy?.hooks(workings, tape, options) ?? null;

/** What a rank does around the modules of the policy's copy; null where it does nothing. */
export const rankHooksOfCopy = (workings: Workings, tape: Tape, options: StepOptions): ModelHooks | null =>
  workings.strategy?.hooksOfCopy(tape, options) ?? null;

/** The scenario of one rank where several divide a model: its part of matrices, tokens and layers. Its `gpus` are the ranks that have the same part. */
export const scenarioOfRank = (workings: Workings, scenario: Scenario): Scenario =>
  strategyOf(workings, scenario)?.ofRank(workings.families, scenario, (each) => workings.peakFunction(each)(each)) ??
  scenario;

/** The scenario in the state in which a stage ends the step; the same where there is no pipeline. */
export const stateAtEndOf = (workings: Workings, scenario: Scenario): Scenario =>
  strategyOf(workings, scenario)?.atEnd(scenario) ?? scenario;

/** A scenario for each state of each stage of a pipeline; none without a pipeline, or where the scenario already names a state. */
export const pipelineStatesOf = (workings: Workings, scenario: Scenario): readonly Scenario[] =>
  strategyOf(workings, scenario)?.states(scenario) ?? [];
