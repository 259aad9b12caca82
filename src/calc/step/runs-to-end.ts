import type { StepOptions } from "#calc/model/options/step-options.ts";

/** Whether the last micro step of a run is the last of the step: a stage whose micro batches all wait runs only the first of them. */
export const runsToEnd = ({ stage, gradient_accumulation_steps: run }: StepOptions): boolean =>
  (stage?.microBatches ?? run) === run;
