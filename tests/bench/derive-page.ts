import { explainTerm } from "#calc/explain/term-explanations.ts";
import { peakOf } from "#calc/model/timeline.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { BAR_SHAPES, memoryBars } from "#charts/memory-bars.ts";
import { timelineSeries } from "#charts/timeline-series.ts";
import { barsData } from "#panels/answer/bars-data.ts";
import { focusedMethod } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

/**
 * Everything that the page derives from choices, short of drawing it: the answer, the bars' geometry, the formulas of the focused method, its step point by
 * point, and what is alive at the peak.
 */
export const derivePage = (choices: Choices): readonly unknown[] => {
  const answer = toAnswer(choices, FULL_CATALOG);
  const bars = memoryBars(barsData(answer, FULL_CATALOG.gpus), { width: 1000, shape: BAR_SHAPES.wide, leastEndGib: 0 });
  const focus = focusedMethod(answer);
  if (focus === null) return [bars];
  const { scenario, estimate } = focus;
  const formulas = estimate.terms.map(({ id }) => explainTerm(scenario, id, estimate.basis));
  const doubts = ENGINE.approximations(scenario);
  const step = ENGINE.explainedStep({ scenario, estimate });
  if (step === null) return [bars, formulas, doubts];
  const points = ENGINE.timeline(step);
  const peak = peakOf(points);
  const series = timelineSeries(points, {
    layers: scenario.architecture.num_hidden_layers,
    peak: points.indexOf(peak),
    frameworkBytes: estimate.onCardBytes - estimate.peakBytes,
    capacityBytes: answer.gpu.usableBytes,
    gradient_checkpointing: scenario.gradient_checkpointing,
    seen: ENGINE.reservedAlong(step, points),
  });
  return [bars, formulas, doubts, series, ENGINE.explainPeak(step, peak)];
};
