// Changes for a failed memory request, and the memory term that each change lowers.

import type { TermId } from "#calc/model/terms.ts";
import { type Knob, patchOf, type Scale } from "./knobs/knob.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { allKnobs, allScales, withoutIgnored } from "./knobs/all-knobs.ts";
import { mildestRung, keepsKnownMoments, type Turned } from "./knob-search.ts";
import { costOf, changesTerm } from "./prices.ts";
import { type Trial, evaluateTrial } from "./trial.ts";

/** A request of memory that failed, as far as ways out of it go by it. */
export type FailedRequest = Readonly<{
  /** The component that it was of. */
  term: TermId;
  /** Rows of an evaluation's batch; null where it was not of an evaluation. */
  evaluated: number | null;
  /** Whether it grows with batch and length. */
  isOfRows: boolean;
  /** What helps at its moment: changes of the training step; where a model is loaded, of the weights alone; none of these where a run saves or merges. */
  helps: "step" | "weights" | "none";
}>;

/** So many are offered. */
const MOST_WAYS = 4;

/** An evaluation with its largest batch that fits, and with one row, which is the least that there is. */
function* ofEvaluation(choices: Choices, rows: number, catalog: Catalog): Generator<void, readonly Turned[]> {
  const evaluated = { ...choices, eval: rows };
  const scale = allScales(evaluated, catalog).find((each) => each.at(1).subject === "evaluationBatch");
  if (scale === undefined || scale.count === 0) return [];
  const start = evaluateTrial(evaluated, catalog);
  yield;
  const tryKnob = (knob: Knob): Trial => evaluateTrial({ ...evaluated, ...knob.patch }, catalog);
  const largest = yield* mildestRung(scale, tryKnob);
  const rungs = [...new Set([...(largest === null ? [] : [largest]), 1])];
  return offered(
    rungs.map((rung) => turned(scale.at(rung), tryKnob(scale.at(rung)), start)),
    start,
    catalog,
  );
}

const turned = (knob: Knob, trial: Trial, start: Trial): Turned => ({
  knob,
  trial,
  savedBytes: start.onCardBytes - trial.onCardBytes,
});

/** Ways as they are offered: choices that they make useless are at their defaults. */
const offered = (ways: readonly Turned[], start: Trial, catalog: Catalog): readonly Turned[] =>
  ways.map((way) => ({ ...way, trial: withoutIgnored(start.choices, way.trial, catalog) }));

/** The largest number of a scale that fits; about half where it fits already, or where none is small enough. */
function* rungOf(scale: Scale, start: Trial, catalog: Catalog): Generator<void, number> {
  if (start.fit !== "over") return scale.half;
  const found = yield* mildestRung(scale, (knob) => evaluateTrial({ ...start.choices, ...knob.patch }, catalog));
  return found ?? scale.half;
}

/** Of several changes of one thing the one that saves most. */
const eachSubjectOnce = (ways: readonly Turned[]): readonly Turned[] => {
  const seen = new Set<string>();
  return ways.filter(({ knob: { subject } }) => !seen.has(subject) && seen.add(subject).size > 0);
};

const bySaving = (one: Turned, other: Turned): number =>
  other.savedBytes - one.savedBytes || costOf([one.knob.price]) - costOf([other.knob.price]);

/** Changes that are made for the component of a request; all where none is. */
const knobsFor = (choices: Choices, { term, helps }: FailedRequest, catalog: Catalog): readonly Knob[] => {
  const knobs = allKnobs(choices, catalog);
  if (helps === "weights") return knobs.filter((knob) => changesTerm(knob, "weights"));
  const own = knobs.filter((knob) => changesTerm(knob, term));
  return own.length > 0 ? own : knobs;
};

/** A smaller batch and shorter rows, for a request that grows with them. */
function* fewerTokens(start: Trial, request: FailedRequest, catalog: Catalog): Generator<void, readonly Knob[]> {
  if (!request.isOfRows || request.helps !== "step") return [];
  const found: Knob[] = [];
  for (const scale of allScales(start.choices, catalog)) {
    const { subject } = scale.at(1);
    if (subject === "batch" || subject === "sequence") found.push(scale.at(yield* rungOf(scale, start, catalog)));
  }
  return found;
}

function* ofStep(choices: Choices, request: FailedRequest, catalog: Catalog): Generator<void, readonly Turned[]> {
  const start = evaluateTrial(choices, catalog);
  yield;
  const knobs = [...knobsFor(choices, request, catalog), ...(yield* fewerTokens(start, request, catalog))];
  const ways: Turned[] = [];
  for (const knob of knobs) {
    const way = turned(knob, evaluateTrial({ ...choices, ...patchOf(choices, [knob]) }, catalog), start);
    yield;
    if (way.trial.lacks.length === 0 && way.savedBytes > 0 && keepsKnownMoments(start, way.trial)) ways.push(way);
  }
  return offered(eachSubjectOnce(ways.toSorted(bySaving)).slice(0, MOST_WAYS), start, catalog);
}

/**
 * What can be done about a request of memory that failed: changes that are made for its component, a smaller batch and shorter rows where it grows with them, or a
 * smaller batch of the evaluation. Each is a run of the engine.
 *
 * @yields after each run of the engine
 * @returns those that save something, the largest saving first; of one subject one
 */
export function* waysOut(
  choices: Choices,
  request: FailedRequest,
  catalog: Catalog,
): Generator<void, readonly Turned[]> {
  const { evaluated, helps } = request;
  if (helps === "none") return [];
  if (evaluated !== null) return yield* ofEvaluation(choices, evaluated, catalog);
  return yield* ofStep(choices, request, catalog);
}
