import { estimateMemory } from "#calc/estimate.ts";
import { CUDA } from "#calc/base/machine.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { type ExplainedStep, explainedStep } from "#calc/step/explained-step.ts";

/** The step of a scenario that the tape is known to run. */
export const explained = (asked: Scenario): ExplainedStep => {
  const step = explainedStep(asked, estimateMemory(asked), CUDA);
  if (step === null) throw new Error(`the tape has ${asked.architecture.model_type}`);
  return step;
};
