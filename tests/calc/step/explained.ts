import { CUDA } from "#calc/base/machine.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { estimateStep } from "#calc/step/estimate-step.ts";
import { type ExplainedStep, explainedStep } from "#calc/step/explained-step.ts";
import { WORKINGS } from "../workings.ts";

/** The step of a scenario that the tape is known to run. */
export const explained = (asked: Scenario): ExplainedStep => {
  const estimate = estimateStep(WORKINGS, asked, CUDA);
  const step = explainedStep(WORKINGS, { scenario: asked, estimate }, CUDA);
  if (step === null) throw new Error(`the tape has ${asked.architecture.model_type}`);
  return step;
};
