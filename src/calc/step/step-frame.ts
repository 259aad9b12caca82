import type { ExplainedStep } from "./explained-step.ts";
import { runsToEnd } from "./micro-steps.ts";

/** What a reader of a step's points has to know of the step. */
export type StepFrame = Readonly<{
  /** How many layers the model has, or the stage that runs the step. */
  layers: number;
  /** Which micro batch of the step the points are of. */
  microBatch: "first" | "last";
}>;

export const stepFrame = ({ compiled, options }: ExplainedStep): StepFrame => ({
  layers: compiled.program.layers,
  microBatch: runsToEnd(options) ? "last" : "first",
});
