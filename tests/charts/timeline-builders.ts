import { estimated } from "#calc/model/memory-estimate.ts";
import { peakOf, type TimelinePoint } from "#calc/model/timeline.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { GIB } from "#calc/base/bytes.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { timelineSeries, type TimelineSeries } from "#charts/timeline-series.ts";

/** The points of a scenario's step, and what is drawn of them against a card of so many GiB. */
export const drawn = (
  asked: Scenario,
  capacityGib: number,
  seen: readonly number[] | null = null,
): Readonly<{ points: readonly TimelinePoint[]; series: TimelineSeries; frameworkBytes: number }> => {
  const estimate = estimated(ENGINE.estimate(asked));
  const step = ENGINE.explainedStep({ scenario: asked, estimate });
  if (step === null) throw new Error("the tape has this family");
  const points = ENGINE.timeline(step);
  const frameworkBytes = estimate.onCardBytes - estimate.peakBytes;
  const series = timelineSeries(points, {
    layers: asked.architecture.num_hidden_layers,
    peak: points.indexOf(peakOf(points)),
    frameworkBytes,
    capacityBytes: capacityGib * GIB,
    gradient_checkpointing: asked.gradient_checkpointing,
    seen,
  });
  return { points, series, frameworkBytes };
};
