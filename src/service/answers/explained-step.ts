// The training step explained: its timeline, the tensors at its peak and the factors of each term.

import { contextAndNcclBytes } from "#calc/card/fit.ts";
import { type AliveTensors, peakOf, type TimelinePoint } from "#calc/model/timeline.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { focusedRun } from "./library-runs.ts";
import { explainedTerms, type FactoredTerms } from "#advice/factored-terms.ts";
import { explainTerm, type Explanation } from "#calc/explain/term-explanations.ts";
import { TERM_IDS, type TermId } from "#calc/model/terms.ts";

/** The step of the method in focus, point by point. */
export type StepTimeline = Readonly<{
  points: readonly TimelinePoint[];
  /** Which point is the highest; the first of several. */
  peak: number;
  layers: number;
  /** Which micro batch of the step is told. */
  microBatch: "first" | "last";
  /** Bytes that are seen at each point while there is room: what PyTorch holds, and what is beside it. null where the allocator is not replayed. */
  seen: readonly number[] | null;
  /** Every tensor at the highest point, the largest first; null where nobody asked. */
  alive: readonly AliveTensors[] | null;
}>;

type Step = Parameters<typeof ENGINE.timeline>[0];

type Asked = Readonly<{
  choices: Choices;
  /** Whether to tell what is alive at the peak as well. One question, so that both are of one step. */
  alive: boolean;
}>;

const seenAlong = (
  { estimate, scenario }: MethodAnswer,
  step: Step,
  points: readonly TimelinePoint[],
): StepTimeline["seen"] => {
  const reserved = estimate.basis === "replay" ? ENGINE.reservedAlong(step, points) : null;
  return reserved && reserved.map((bytes) => bytes + contextAndNcclBytes(scenario.gpus));
};

/**
 * The step of the method in focus, and its peak tensor by tensor.
 *
 * @yields between the parts
 * @returns null where the figures come from no step
 */
export function* stepTimeline({ choices, alive }: Asked, catalog: Catalog): Generator<void, StepTimeline | null> {
  const run = focusedRun(choices, catalog);
  const step = run && ENGINE.explainedStep(run);
  if (run === null || step === null) return null;
  yield;
  const points = ENGINE.timeline(step);
  const peak = peakOf(points);
  yield;
  const seen = seenAlong(run, step, points);
  yield;
  return {
    points,
    peak: points.indexOf(peak),
    ...ENGINE.stepFrame(step),
    seen,
    alive: alive ? ENGINE.explainPeak(step, peak) : null,
  };
}

/** What is said of the terms of a method: of each what it is, and what its factors are made of; null where the figures come from no step. */
export type ExplainedTerms = Readonly<{
  explanations: Readonly<Record<TermId, Explanation>>;
  factored: FactoredTerms | null;
}>;

/**
 * What the terms of the method in focus are, each led to its tensors.
 *
 * @returns null where no method is shown
 */
export function* factoredTerms(
  { choices }: Readonly<{ choices: Choices }>,
  catalog: Catalog,
): Generator<void, ExplainedTerms | null> {
  const run = focusedRun(choices, catalog);
  if (run === null) return null;
  const { scenario, estimate } = run;
  const explanations = Object.fromEntries(
    TERM_IDS.map((id) => [id, explainTerm(scenario, id, estimate.basis)]),
  ) as ExplainedTerms["explanations"];
  return { explanations, factored: yield* explainedTerms(run) };
}
