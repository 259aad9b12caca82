import { onCardByRule } from "#calc/card/on-card.ts";
import { bytes } from "#calc/base/quantity.ts";
import type { MomentId } from "#calc/model/memory-estimate.ts";
import { type PerTerm, totalOf } from "#calc/model/term.ts";
import type { AskedRun, RunMomentId } from "#calc/model/whole-run.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { evaluationPoints, termsOfAlive, wholeRun } from "#calc/whole-run.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import { askedRun } from "#scenario/choices/asked-run.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { offeredRun } from "#scenario/choices/offered-run.ts";
import { focusedRun } from "./focused-run.ts";
import type { RunPartId } from "./run-parts.ts";

/** A point of a run: the highest of what happens there. */
export type RunPoint = Readonly<{ part: RunPartId; name: string; terms: PerTerm<number> }>;

/** The run of the method in focus, point by point. */
export type RunTimeline = Readonly<{
  points: readonly RunPoint[];
  /** Which point is the highest; the first of several. */
  peak: number;
  /** What the highest point takes on the card beside what PyTorch allocates. */
  frameworkBytes: number;
}>;

type Asked = Readonly<{
  choices: Choices;
  /** The parts that are told; those that the method does not have are left out. */
  parts: readonly RunPartId[];
}>;

/** The moments of a step in words. */
const STEP_NAMES: Readonly<Record<MomentId, string>> = {
  load: "before the step",
  forward: "forward",
  backward: "backward",
  step: "optimizer step",
  zero: "gradients set to none",
};

/** Moments other than step and evaluation, which have points of their own, in the order in which they come. */
const MOMENT_NAMES: ReadonlyMap<RunMomentId, Readonly<{ part: RunPartId; name: string }>> = new Map([
  ["loading", { part: "load", name: "loading" }],
  ["prepare", { part: "load", name: "preparation" }],
  ["resume", { part: "resume", name: "states of the checkpoint" }],
  ["generate", { part: "generate", name: "generating" }],
  ["save", { part: "save", name: "saving" }],
  ["merge", { part: "merge", name: "merging" }],
]);

/** Parts in the order in which they come: a checkpoint is read before the first step. */
const RUN_ORDER: readonly RunPartId[] = ["load", "resume", "generate", "step", "evaluate", "save", "merge"];

/** So many batches show how an evaluation grows. */
const SHOWN_BATCHES = 4;

/** Points of an evaluation in words. */
const BATCH_NAMES = { predict: "forward", store: "kept", next: "next batch", evaluated: "to the host" } as const;

const ofStep = ({ estimate }: MethodAnswer): readonly RunPoint[] =>
  estimate.moments.map(({ id, terms }) => ({ part: "step", name: STEP_NAMES[id], terms }));

const ofEvaluation = ({ scenario }: MethodAnswer, { evaluation }: AskedRun): readonly RunPoint[] => {
  if (evaluation === null) return [];
  const batches = Math.min(evaluation.batches, SHOWN_BATCHES);
  return evaluationPoints(ENGINE, { scenario, evaluation: { ...evaluation, batches } }).map(
    ({ point, batch, alive }): RunPoint => ({
      part: "evaluate",
      name: `batch ${batch}, ${BATCH_NAMES[point]}`,
      terms: termsOfAlive(alive),
    }),
  );
};

const pointsOf = (run: MethodAnswer, asked: AskedRun): readonly RunPoint[] => {
  const { moments } = wholeRun(ENGINE, { scenario: run.scenario, step: run.estimate, asked });
  const others = moments.flatMap(({ id, alive }): readonly RunPoint[] => {
    const named = MOMENT_NAMES.get(id);
    return named === undefined ? [] : [{ ...named, terms: termsOfAlive(alive) }];
  });
  return [...others, ...ofStep(run), ...ofEvaluation(run, asked)];
};

/**
 * The run of the method in focus, point by point: each of its moments at its highest, the step's own moments, and an evaluation batch by batch.
 *
 * @yields before the run is walked
 * @returns null where the figures come from no step
 */
export function* runTimeline({ choices, parts }: Asked, catalog: Catalog): Generator<void, RunTimeline | null> {
  const run = focusedRun(choices, catalog);
  const asked = run && askedRun(offeredRun(choices), run.scenario);
  if (run === null || asked === null) return null;
  yield;
  const all = pointsOf(run, asked).filter(({ part }) => parts.includes(part));
  const points = RUN_ORDER.flatMap((part) => all.filter((point) => point.part === part));
  const totals = points.map(({ terms }) => totalOf(terms));
  const highest = Math.max(...totals);
  const onCard = onCardByRule(bytes(highest), run.scenario.gpus);
  return { points, peak: totals.indexOf(highest), frameworkBytes: onCard.onCardBytes - highest };
}
