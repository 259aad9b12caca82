import { isWayOut } from "#calc/card/is-way-out.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Knob } from "./knob.ts";
import { PRICES } from "./prices.ts";
import { type Trial, tryOut } from "./trial.ts";
import type { Turned } from "./turn-knobs.ts";

/** The fewest changes that make the method in focus fit, and what the engine says of them together. */
export type SmallestSet = Readonly<{ knobs: readonly Knob[]; trial: Trial }>;

/** Engine runs after which the search ends: a set that cannot lose a member is then given, though a smaller one may exist. */
const MOST_RUNS = 160;

const rankOf = (knobs: readonly Knob[]): number => knobs.reduce((sum, { price }) => sum + PRICES[price].rank, 0);

/** Knobs of one subject exclude each other; the subject with the cheapest knob first. */
const bySubject = (knobs: readonly Knob[]): readonly (readonly Knob[])[] => {
  const subjects = new Map<string, Knob[]>();
  for (const knob of knobs.toSorted((one, other) => rankOf([one]) - rankOf([other])))
    subjects.set(knob.subject, [...(subjects.get(knob.subject) ?? []), knob]);
  return [...subjects.values()];
};

type Goal = (trial: Trial) => boolean;
const FITS: Goal = ({ card }) => card.fit === "fits";
const IS_NOT_OVER: Goal = ({ card }) => isWayOut(card);

type Runner = Readonly<{ run: (knobs: readonly Knob[]) => Trial; runs: () => number }>;

/** Runs sets of knobs, each once; order does not matter. */
const runnerFor = (start: Trial, turned: readonly Turned[], catalog: Catalog): Runner => {
  const known = new Map<string, Trial>([["", start], ...turned.map(({ knob, trial }) => [knob.id, trial] as const)]);
  let runs = 0;
  const run = (knobs: readonly Knob[]): Trial => {
    const key = knobs
      .map(({ id }) => id)
      .toSorted()
      .join();
    const before = known.get(key);
    if (before !== undefined) return before;
    runs += 1;
    const trial = tryOut(Object.assign({}, start.choices, ...knobs.map(({ patch }) => patch)), catalog);
    known.set(key, trial);
    return trial;
  };
  return { run, runs: () => runs };
};

/** Every subject turned as far as it goes: from each the knob that leaves the least beside the others so far, or none. */
function* everything(subjects: readonly (readonly Knob[])[], { run }: Runner): Generator<void, readonly Knob[]> {
  let chosen: readonly Knob[] = [];
  for (const knobs of subjects) {
    let best = chosen;
    for (const knob of knobs) {
      const tried = [...chosen, knob];
      if (run(tried).peakBytes < run(best).peakBytes) best = tried;
      yield;
    }
    chosen = best;
  }
  return chosen;
}

/** Takes members away, the dearest first, as long as the goal is reached without them. */
function* withoutIdle(all: readonly Knob[], { run }: Runner, reaches: Goal): Generator<void, readonly Knob[]> {
  let kept = all;
  for (const knob of all.toSorted((one, other) => rankOf([other]) - rankOf([one]))) {
    const fewer = kept.filter((each) => each !== knob);
    if (reaches(run(fewer))) kept = fewer;
    yield;
  }
  return kept;
}

type Search = Readonly<{
  subjects: readonly (readonly Knob[])[];
  /** The knobs of `everything`: what is not reached with all that are left cannot be reached with some of them. */
  all: readonly Knob[];
  runner: Runner;
  reaches: Goal;
}>;

type Left = Readonly<{ from: number; size: number }>;

/** Whether the goal is within reach of a set with everything that is left, from a subject on. */
const isInReach = ({ subjects, all, runner, reaches }: Search, chosen: readonly Knob[], from: number): boolean => {
  const left = subjects.slice(from).flat();
  return runner.runs() < MOST_RUNS && reaches(runner.run([...chosen, ...all.filter((knob) => left.includes(knob))]));
};

const cheaper = (one: readonly Knob[] | null, other: readonly Knob[] | null): readonly Knob[] | null => {
  if (one === null || other === null) return one ?? other;
  return rankOf(other) < rankOf(one) ? other : one;
};

/** All sets of so many knobs, from a subject on: the cheapest that reaches the goal. Branches that not even everything left would save are cut. */
function* cheapestOf(
  search: Search,
  chosen: readonly Knob[],
  { from, size }: Left,
): Generator<void, readonly Knob[] | null> {
  const { subjects, runner, reaches } = search;
  if (size === 0) return reaches(runner.run(chosen)) ? chosen : null;
  let best: readonly Knob[] | null = null;
  for (let index = from; index + size <= subjects.length && isInReach(search, chosen, index); index++)
    for (const knob of subjects[index] ?? []) {
      best = cheaper(best, yield* cheapestOf(search, [...chosen, knob], { from: index + 1, size: size - 1 }));
      yield;
    }
  return best;
}

function* searchFor(search: Search): Generator<void, readonly Knob[] | null> {
  const { all, runner, reaches } = search;
  if (!reaches(runner.run(all))) return null;
  const enough = yield* withoutIdle(all, runner, reaches);
  for (let size = 2; size < enough.length && runner.runs() < MOST_RUNS; size++) {
    const found = yield* cheapestOf(search, [], { from: 0, size });
    if (found !== null) return found;
  }
  return enough;
}

/** The cheapest of the knobs that reach a goal on their own. */
const single = (turned: readonly Turned[], reaches: Goal): SmallestSet | null => {
  const [cheapest] = turned
    .filter(({ trial }) => reaches(trial))
    .toSorted((one, other) => rankOf([one.knob]) - rankOf([other.knob]));
  return cheapest === undefined ? null : { knobs: [cheapest.knob], trial: cheapest.trial };
};

/**
 * The fewest knobs that together make the method in focus fit; of as many, the cheapest. Searched by engine runs alone: one knob, then two, and so
 * on. Knobs that would put another method in focus are left out. Comfortably where that can be reached, else tight.
 *
 * @returns no knobs where it fits or is tight as it is; null where nothing makes it fit
 */
export function* smallestSet(
  start: Trial,
  turned: readonly Turned[],
  catalog: Catalog,
): Generator<void, SmallestSet | null> {
  if (isWayOut(start.card)) return { knobs: [], trial: start };
  const usable = turned.filter(({ knob }) => knob.subject !== "method");
  const alone = single(usable, FITS);
  if (alone !== null) return alone;
  const runner = runnerFor(start, usable, catalog);
  const subjects = bySubject(usable.map(({ knob }) => knob));
  const all = yield* everything(subjects, runner);
  for (const reaches of [FITS, IS_NOT_OVER]) {
    const knobs = single(usable, reaches)?.knobs ?? (yield* searchFor({ subjects, all, runner, reaches }));
    if (knobs !== null) return { knobs, trial: runner.run(knobs) };
  }
  return null;
}
