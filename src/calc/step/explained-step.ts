import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { scenarioOfRank } from "#calc/parallel/parallel.ts";
import type { CompiledStep } from "./compile-step.ts";
import { compiledStep } from "./compiled-step.ts";
import { type Holdings, holdingsOf, type StepInput, stepInputOf } from "./holdings.ts";
import { tapeOptionsOf } from "./tape-options.ts";

/** A training step to be explained: the tape's part of it compiled, what stands beside the tape, and the answer that it explains. */
export type ExplainedStep = StepInput &
  Readonly<{
    /** Its moments outside forward and backward are taken as they are. */
    estimate: MemoryEstimate;
    holdings: Holdings;
    options: StepOptions;
    compiled: CompiledStep;
  }>;

/** The step of a scenario, to be explained. Null where no step is run: under the flat accounting. */
export const explainedStep = (scenario: Scenario, estimate: MemoryEstimate, machine: Machine): ExplainedStep | null => {
  if (scenario.accounting === "bytes-per-parameter") return null;
  const input = stepInputOf(scenarioOfRank(scenario), machine);
  const holdings = holdingsOf(input);
  const options = tapeOptionsOf(input.scenario, machine);
  return { ...input, estimate, holdings, options, compiled: compiledStep(options) };
};
