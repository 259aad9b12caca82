import { CUDA } from "#calc/base/machine.ts";
import type { AliveTensors } from "#calc/step/alive-tensors.ts";
import { explainedStep } from "#calc/step/explained-step.ts";
import { explainPeak } from "#calc/step/explain-peak.ts";
import { runsToEnd } from "#calc/step/runs-to-end.ts";
import { peakOf, stepTimeline as pointsOf, type TimelinePoint } from "#calc/step/step-timeline.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { focusedRun } from "./focused-run.ts";

/** The step of the method in focus, point by point. */
export type StepTimeline = Readonly<{
  points: readonly TimelinePoint[];
  /** Which point is the highest; the first of several. */
  peak: number;
  layers: number;
  /** Which micro batch of the step is told. */
  microBatch: "first" | "last";
  /** Every tensor at the highest point, the largest first; null where nobody asked. */
  alive: readonly AliveTensors[] | null;
}>;

type Asked = Readonly<{
  choices: Choices;
  /** Whether to tell what is alive at the peak as well. One question, so that both are of one step. */
  alive: boolean;
}>;

/**
 * The step of the method in focus, and its peak tensor by tensor.
 *
 * @yields between the parts
 * @returns null where the figures come from no step
 */
export function* stepTimeline({ choices, alive }: Asked, catalog: Catalog): Generator<void, StepTimeline | null> {
  const run = focusedRun(choices, catalog);
  const step = run && explainedStep(run.scenario, run.estimate, CUDA);
  if (step === null) return null;
  yield;
  const points = pointsOf(step);
  const peak = peakOf(points);
  yield;
  return {
    points,
    peak: points.indexOf(peak),
    layers: step.compiled.stands.length,
    microBatch: runsToEnd(step.options) ? "last" : "first",
    alive: alive ? explainPeak(step, peak) : null,
  };
}
