import { estimateMemory } from "#calc/estimate.ts";
import { CUDA } from "#calc/base/machine.ts";
import { GIB } from "#calc/base/quantity.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { explainedStep } from "#calc/step/explained-step.ts";
import { peakOf, stepTimeline, type TimelinePoint } from "#calc/step/step-timeline.ts";
import { timelineSeries, type TimelineSeries } from "#charts/timeline-series.ts";

/** The points of a scenario's step, and what is drawn of them against a card of so many GiB. */
export const drawn = (
  asked: Scenario,
  capacityGib: number,
): Readonly<{ points: readonly TimelinePoint[]; series: TimelineSeries; frameworkBytes: number }> => {
  const estimate = estimateMemory(asked);
  const step = explainedStep(asked, estimate, CUDA);
  if (step === null) throw new Error("the tape has this family");
  const points = stepTimeline(step);
  const frameworkBytes = estimate.onCardBytes - estimate.peakBytes;
  const series = timelineSeries(points, {
    layers: asked.architecture.num_hidden_layers,
    peak: points.indexOf(peakOf(points)),
    frameworkBytes,
    capacityBytes: capacityGib * GIB,
    gradient_checkpointing: asked.gradient_checkpointing,
  });
  return { points, series, frameworkBytes };
};
