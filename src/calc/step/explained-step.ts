import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { CompiledStep } from "./compiled-step.ts";
import type { Holdings, StepInput } from "./holdings.ts";
import { holdingsOf, stepInputOf } from "./holdings-of.ts";
import { scenarioOfRank } from "./strategy-of.ts";
import { tapeOptionsOf } from "./tape-options.ts";
import type { Workings } from "./workings.ts";

/** A training step to be explained: its tape compiled, what a rank holds beside the tape, and the answer. */
export type ExplainedStep = StepInput &
  Readonly<{
    /** Its moments outside forward and backward are used as they are. */
    estimate: MemoryEstimate;
    holdings: Holdings;
    options: StepOptions;
    compiled: CompiledStep;
  }>;

/** A scenario, and the answer to it. */
export type AnsweredScenario = Readonly<{ scenario: Scenario; estimate: MemoryEstimate }>;

/** The step of a scenario, to be explained. null under the flat accounting, which runs no step. */
export const explainedStep = (
  workings: Workings,
  { scenario, estimate }: AnsweredScenario,
  machine: Machine,
): ExplainedStep | null => {
  if (scenario.accounting === "bytes-per-parameter") return null;
  const input = stepInputOf(workings, scenarioOfRank(workings, scenario), machine);
  const holdings = holdingsOf(workings, input);
  const options = tapeOptionsOf(workings, input.scenario, machine);
  return { ...input, estimate, holdings, options, compiled: workings.compiledStep(options) };
};
