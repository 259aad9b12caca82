import type { StepOptions } from "#calc/model/options/step-options.ts";

/**
 * A micro step that runs before those that are reported. It leaves what an earlier micro batch keeps: one that waits for later stages of a pipeline, or the
 * step before whose graph LitGPT's loop still holds.
 */
export const BEFORE = -1;

/**
 * How many micro steps differ. The second has the first one's gradients beside it, and later ones repeat the second. LitGPT's loop may run the longest sample
 * first: later ones are shorter, and only the first counts.
 */
export const microStepsOf = ({
  loss,
  gradient_accumulation_steps,
}: Pick<StepOptions, "loss" | "gradient_accumulation_steps">): number =>
  loss.kind === "litgpt" && loss.longestFirst ? 1 : Math.min(2, gradient_accumulation_steps);

/**
 * Whether the last micro step that runs is the last of the step. It is not where a stage runs its first micro batch alone: in the state `first`, and in
 * `filled` where all micro batches are in flight before the first backward.
 */
export const runsToEnd = ({ stage, gradient_accumulation_steps: run }: StepOptions): boolean =>
  (stage?.microBatches ?? run) === run;
