// Memory terms of a run at its peak, each traced to the tensors alive there.

import { factorTerm, type FactoredTerm } from "#calc/explain/factored-term.ts";
import { peakOf, type StepPoint } from "#calc/model/timeline.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";

/** The terms at a peak, each led to its tensors. */
export type FactoredTerms = Readonly<{
  /** Where in the step the peak is. */
  phase: StepPoint["phase"];
  layers: number;
  terms: readonly FactoredTerm[];
}>;

/**
 * Leads the formulas of a run's terms to the tensors that are alive at its peak.
 *
 * @yields between the parts
 * @returns null where the figures come from no step
 */
export function* explainedTerms({ scenario, estimate }: MethodAnswer): Generator<void, FactoredTerms | null> {
  const step = ENGINE.explainedStep({ scenario, estimate });
  if (step === null) return null;
  yield;
  const points = ENGINE.timeline(step);
  const peak = peakOf(points);
  const inOther = points.filter(({ phase }) => phase === (peak.phase === "forward" ? "backward" : "forward"));
  yield;
  const atPeak = ENGINE.explainPeak(step, peak);
  yield;
  const otherwise = inOther.length === 0 ? [] : ENGINE.explainPeak(step, peakOf(inOther));
  const { layers } = ENGINE.stepFrame(step);
  return { phase: peak.phase, layers, terms: estimate.terms.map((term) => factorTerm(term, { atPeak, otherwise })) };
}
