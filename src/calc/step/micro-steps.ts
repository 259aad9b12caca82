import type { StepOptions } from "#calc/model/options/step-options.ts";

/** The micro step that only leads up to the first that counts. */
export const BEFORE = -1;

/** How many micro steps differ: the second has gradients of the first beside it; those after a longest are shorter. */
export const microStepsOf = ({
  loss,
  gradient_accumulation_steps,
}: Pick<StepOptions, "loss" | "gradient_accumulation_steps">): number =>
  loss.kind === "litgpt" && loss.longestFirst ? 1 : Math.min(2, gradient_accumulation_steps);

/** Whether the last micro step of a run is the last of the step: a stage whose micro batches all wait runs only the first of them. */
export const runsToEnd = ({ stage, gradient_accumulation_steps: run }: StepOptions): boolean =>
  (stage?.microBatches ?? run) === run;
