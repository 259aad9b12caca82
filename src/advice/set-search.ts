import type { Catalog } from "#catalog/catalog.ts";
import { type Knob, patchOf } from "./knob.ts";
import { costOf } from "./prices.ts";
import { takesLess } from "./takes-less.ts";
import { type Trial, tryOut } from "./trial.ts";

/** What the engine says of some choices with sets of knobs, each run once. */
export type Runner = Readonly<{ run: (knobs: readonly Knob[]) => Trial; runs: () => number }>;

/** Engine runs after which a search ends: a set that cannot lose a member is then given, though a smaller one may exist. */
const MOST_RUNS = 160;

/** Runs sets of knobs, each once; order does not matter. */
export const runnerFor = (start: Trial, catalog: Catalog): Runner => {
  const known = new Map<string, Trial>([["", start]]);
  let runs = 0;
  const run = (knobs: readonly Knob[]): Trial => {
    const key = knobs
      .map(({ id, patch }) => `${id}${JSON.stringify(patch)}`)
      .toSorted()
      .join();
    const before = known.get(key);
    if (before !== undefined) return before;
    runs += 1;
    const trial = tryOut({ ...start.choices, ...patchOf(start.choices, knobs) }, catalog);
    known.set(key, trial);
    return trial;
  };
  return { run, runs: () => runs };
};

/** Knobs together; of those of one subject, which exclude each other, the later ones. */
export const composed = (base: readonly Knob[], chosen: readonly Knob[]): readonly Knob[] => [
  ...base.filter(({ subject }) => chosen.every((knob) => knob.subject !== subject)),
  ...chosen,
];

const cost = (knobs: readonly Knob[]): number => costOf(knobs.map(({ price }) => price));

/** Knobs of one subject exclude each other; the subject with the cheapest knob first. */
const bySubject = (knobs: readonly Knob[]): readonly (readonly Knob[])[] => {
  const subjects = new Map<string, Knob[]>();
  for (const knob of knobs.toSorted((one, other) => cost([one]) - cost([other])))
    subjects.set(knob.subject, [...(subjects.get(knob.subject) ?? []), knob]);
  return [...subjects.values()];
};

/** What is searched: sets of `knobs` on top of `base`. */
export type Search = Readonly<{ knobs: readonly Knob[]; base: readonly Knob[]; runner: Runner }>;

const isEnough = ({ base, runner }: Pick<Search, "base" | "runner">, chosen: readonly Knob[]): boolean =>
  runner.run(composed(base, chosen)).isWayOut;

/** Takes away what saved something when it was chosen and costs something beside what was chosen after it, as accumulated whole gradients may. */
export function* withoutHarm(
  { base, runner: { run } }: Pick<Search, "base" | "runner">,
  chosen: readonly Knob[],
): Generator<void, readonly Knob[]> {
  let kept = chosen;
  for (const knob of chosen) {
    const fewer = kept.filter((each) => each !== knob);
    const trial = run(composed(base, fewer));
    if (trial.lacks.length === 0 && takesLess(trial, run(composed(base, kept)))) kept = fewer;
    yield;
  }
  return kept;
}

/** Some knobs, and beside them, subject by subject, from each the knob that leaves the least beside the others so far, or none. */
function* furthest(
  { base, runner: { run } }: Search,
  some: readonly Knob[],
  subjects: readonly (readonly Knob[])[],
): Generator<void, readonly Knob[]> {
  let chosen = some;
  for (const ofSubject of subjects) {
    let best = chosen;
    for (const knob of ofSubject) {
      const tried = [...chosen, knob];
      const trial = run(composed(base, tried));
      if (trial.lacks.length === 0 && takesLess(trial, run(composed(base, best)))) best = tried;
      yield;
    }
    chosen = best;
  }
  return chosen;
}

/**
 * Every subject turned as far as it goes. Where that is not enough, once more what saved nothing beside the subjects before it: beside those after it, it may.
 * Activations in host memory save nothing while a peak is the optimizer's, and much once only adapters are trained.
 */
export function* everything(search: Search): Generator<void, readonly Knob[]> {
  const subjects = bySubject(search.knobs);
  const once = yield* furthest(search, [], subjects);
  if (isEnough(search, once)) return once;
  const left = subjects.filter((knobs) => knobs.every((knob) => !once.includes(knob)));
  const chosen = yield* furthest(search, once, left);
  return isEnough(search, chosen) ? chosen : yield* withoutHarm(search, chosen);
}

/** Takes members away, the dearest first, as long as it fits without them. */
export function* withoutIdle(
  search: Pick<Search, "base" | "runner">,
  all: readonly Knob[],
): Generator<void, readonly Knob[]> {
  let kept = all;
  for (const knob of all.toSorted((one, other) => cost([other]) - cost([one]))) {
    const fewer = kept.filter((each) => each !== knob);
    if (isEnough(search, fewer)) kept = fewer;
    yield;
  }
  return kept;
}

/** A search under way. */
type Walk = Search &
  Readonly<{
    subjects: readonly (readonly Knob[])[];
    /** The knobs of `everything`: what is not reached with all that are left cannot be reached with some of them. */
    all: readonly Knob[];
    mayRun: () => boolean;
  }>;

type Left = Readonly<{ from: number; size: number }>;

/** Whether it could fit with a set with everything that is left, from a subject on. */
const isInReach = (walk: Walk, chosen: readonly Knob[], from: number): boolean => {
  const left = walk.subjects.slice(from).flat();
  return walk.mayRun() && isEnough(walk, [...chosen, ...walk.all.filter((knob) => left.includes(knob))]);
};

type Found = readonly Knob[] | null;

/** The cheaper of two sets; of the same cost, one that fits comfortably. */
const cheaper = ({ base, runner }: Walk, one: Found, other: Found): Found => {
  if (one === null || other === null) return one ?? other;
  const isTight = (knobs: readonly Knob[]): number => (runner.run(composed(base, knobs)).fit === "tight" ? 1 : 0);
  return (cost(other) - cost(one) || isTight(other) - isTight(one)) < 0 ? other : one;
};

/** All sets of so many knobs, from a subject on: the cheapest with which it fits. Branches that not even everything left would save are cut. */
function* cheapestOf(walk: Walk, chosen: readonly Knob[], { from, size }: Left): Generator<void, Found> {
  if (size === 0) return isEnough(walk, chosen) ? chosen : null;
  let best: Found = null;
  for (let index = from; index + size <= walk.subjects.length && isInReach(walk, chosen, index); index++)
    for (const knob of walk.subjects[index] ?? []) {
      best = cheaper(walk, best, yield* cheapestOf(walk, [...chosen, knob], { from: index + 1, size: size - 1 }));
      yield;
    }
  return best;
}

/** The fewest knobs with which it fits on top of the base; of as many, the cheapest. Searched by engine runs alone. @returns null where none do */
export function* fewest(search: Search): Generator<void, Found> {
  if (isEnough(search, [])) return [];
  const { knobs, runner } = search;
  const all = yield* everything(search);
  if (!isEnough(search, all)) return null;
  const end = runner.runs() + MOST_RUNS;
  const walk = { ...search, subjects: bySubject(knobs), all, mayRun: () => runner.runs() < end };
  const enough = yield* withoutIdle(search, all);
  for (let size = 1; size <= enough.length && walk.mayRun(); size++) {
    const found = yield* cheapestOf(walk, [], { from: 0, size });
    if (found !== null) return found;
  }
  return enough;
}
