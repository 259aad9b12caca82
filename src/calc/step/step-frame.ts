import type { ExplainedStep } from "./explained-step.ts";
import { runsToEnd } from "./micro-steps.ts";

/** What the points of a step are read against. */
export type StepFrame = Readonly<{
  /** Layers of the model, or of the stage that the step is of. */
  layers: number;
  /** Which micro batch of the step is told. */
  microBatch: "first" | "last";
}>;

/** What the points of a step are read against. */
export const stepFrame = ({ compiled, options }: ExplainedStep): StepFrame => ({
  layers: compiled.program.layers,
  microBatch: runsToEnd(options) ? "last" : "first",
});
