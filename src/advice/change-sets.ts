// Search for the fewest changes of given price groups with which a run fits.

import type { Catalog } from "#catalog/catalog.ts";
import { type Knob, patchOf, type Scale } from "./knobs/knob.ts";
import { takesLess, type Trial, evaluateTrial } from "./trial.ts";
import { costOf, PRICE_GROUPS, type PriceGroup } from "./prices.ts";
import { allScales } from "./knobs/all-knobs.ts";
import { hardwareKnobs } from "./knobs/gpus.ts";
import { mildestRung, groupOf, type Turned } from "./knob-search.ts";

/** What the engine says of some choices with sets of knobs, each run once. */
type Runner = Readonly<{ run: (knobs: readonly Knob[]) => Trial; runs: () => number }>;

/** Engine runs after which a search ends: a set that cannot lose a member is then given, though a smaller one may exist. */
const MOST_RUNS = 160;

/** Runs sets of knobs, each once; order does not matter. */
const runnerFor = (start: Trial, catalog: Catalog): Runner => {
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
    const trial = evaluateTrial({ ...start.choices, ...patchOf(start.choices, knobs) }, catalog);
    known.set(key, trial);
    return trial;
  };
  return { run, runs: () => runs };
};

/** Knobs together; of those of one subject, which exclude each other, the later ones. */
const composed = (base: readonly Knob[], chosen: readonly Knob[]): readonly Knob[] => [
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
type Search = Readonly<{ knobs: readonly Knob[]; base: readonly Knob[]; runner: Runner }>;

const isEnough = ({ base, runner }: Pick<Search, "base" | "runner">, chosen: readonly Knob[]): boolean =>
  runner.run(composed(base, chosen)).isWayOut;

/** Takes away what saved something when it was chosen and costs something beside what was chosen after it, as accumulated whole gradients may. */
function* withoutHarm(
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
function* everything(search: Search): Generator<void, readonly Knob[]> {
  const subjects = bySubject(search.knobs);
  const once = yield* furthest(search, [], subjects);
  if (isEnough(search, once)) return once;
  const left = subjects.filter((knobs) => knobs.every((knob) => !once.includes(knob)));
  const chosen = yield* furthest(search, once, left);
  return isEnough(search, chosen) ? chosen : yield* withoutHarm(search, chosen);
}

/** Takes members away, the dearest first, as long as it fits without them. */
function* withoutIdle(search: Pick<Search, "base" | "runner">, all: readonly Knob[]): Generator<void, readonly Knob[]> {
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
function* fewest(search: Search): Generator<void, Found> {
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

/** What sets are paid from: the knobs of some choices, what runs them, and which of them stay as they are. */
export type KnobBudget = Readonly<{
  start: Trial;
  catalog: Catalog;
  runner: Runner;
  /** Each as far as it goes. */
  knobs: readonly Knob[];
  scales: readonly Scale[];
  keepsCards: boolean;
}>;

const isFree = (knob: Knob): boolean => groupOf(knob) === "free";

/** All free knobs that save something together beside others. */
const freeWith = (base: readonly Knob[], { knobs, runner }: KnobBudget): Generator<void, readonly Knob[]> =>
  everything({ knobs: knobs.filter(isFree), base, runner });

/** Whether a knob has a part in the worst moment of a run: one of another moment is said after those that do. */
const isOfWorst = ({ worstOutside }: Trial, { moment }: Knob): boolean =>
  moment === undefined || moment === worstOutside?.id;

/** A set as it is said: what changes the worst moment first, then the cheapest group. */
const inOrder = (knobs: readonly Knob[], { start }: Pick<KnobBudget, "start">): readonly Knob[] =>
  knobs.toSorted(
    (one, other) =>
      Number(isOfWorst(start, other)) - Number(isOfWorst(start, one)) ||
      PRICE_GROUPS.indexOf(groupOf(one)) - PRICE_GROUPS.indexOf(groupOf(other)),
  );

/** The numbers of a set as large as they may be beside its other members, the dearest first. */
function* withLargest(
  set: readonly Knob[],
  { scales, runner }: Pick<KnobBudget, "scales" | "runner">,
): Generator<void, readonly Knob[]> {
  let kept = set;
  const dearestFirst = set.toSorted((one, other) => costOf([other.price]) - costOf([one.price]));
  for (const { subject } of dearestFirst) {
    const scale = scales.find(({ at }) => at(1).subject === subject);
    const others = kept.filter((knob) => knob.subject !== subject);
    const rung = scale && (yield* mildestRung(scale, (knob) => runner.run([...others, knob])));
    if (scale !== undefined && typeof rung === "number")
      kept = kept.map((knob) => (knob.subject === subject ? scale.at(rung) : knob));
    yield;
  }
  return kept;
}

/** A set of what is paid for with the free knobs that it needs. */
function* withFree(paid: readonly Knob[], free: readonly Knob[], purse: KnobBudget): Generator<void, readonly Knob[]> {
  const { runner, knobs } = purse;
  const largest = yield* withLargest(composed(free, paid), purse);
  const base = largest.filter((knob) => !isFree(knob));
  const ofFree = knobs.filter((knob) => isFree(knob) && base.every(({ subject }) => subject !== knob.subject));
  const needed = (yield* fewest({ knobs: ofFree, base, runner })) ?? free;
  return yield* withLargest(composed(base, needed), purse);
}

/** Other cards, the least memory in all first. */
const cardsOf = ({ start, catalog, keepsCards }: KnobBudget): readonly Knob[] =>
  keepsCards ? [] : hardwareKnobs(start.choices, catalog).map(({ knob }) => knob);

const ofGroups = (groups: readonly PriceGroup[], { knobs }: KnobBudget): readonly Knob[] =>
  knobs.filter((knob) => groups.includes(groupOf(knob)));

/** The cards that have the least memory in all with which it fits, all that is free taken, and beside them the fewest changes of other groups. */
function* onOtherCards(groups: readonly PriceGroup[], purse: KnobBudget): Generator<void, readonly Knob[] | null> {
  const { runner } = purse;
  const knobs = ofGroups(groups, purse);
  for (const card of cardsOf(purse)) {
    const free = yield* freeWith([card, ...(yield* everything({ knobs, base: [card], runner }))], purse);
    const paid = yield* fewest({ knobs, base: composed(free, [card]), runner });
    if (paid !== null) return inOrder(yield* withFree([card, ...paid], free, purse), purse);
  }
  return null;
}

/**
 * The fewest changes of some groups with which it fits, comfortably or tightly, beside what is free; of as many the cheapest. A number takes the largest value
 * that fits, and a free change that nothing needs is left out. Searched by engine runs alone.
 *
 * @param groups where hardware is among them, the least of it that others make enough
 * @returns null where all of them together are not enough
 */
export function* fewestChanges(
  groups: readonly PriceGroup[],
  purse: KnobBudget,
): Generator<void, readonly Knob[] | null> {
  const others = groups.filter((group) => group !== "hardware");
  if (others.length < groups.length) return yield* onOtherCards(others, purse);
  const { runner } = purse;
  const payable = ofGroups(groups, purse);
  // What saves nothing as it is may do so once other things are smaller.
  const free = yield* freeWith(yield* everything({ knobs: payable, base: [], runner }), purse);
  const paid = yield* fewest({ knobs: payable, base: free, runner });
  return paid && inOrder(yield* withFree(paid, free, purse), purse);
}

/**
 * All changes of a group, then those of others beside them, with all that is free: as near as they come where they are not enough.
 *
 * @param own null where only what is free is taken
 */
export function* nearestChanges(
  own: PriceGroup | null,
  others: readonly PriceGroup[],
  purse: KnobBudget,
): Generator<void, readonly Knob[]> {
  const { runner } = purse;
  let most: readonly Knob[] = [];
  if (own === "hardware") most = cardsOf(purse).slice(-1);
  else if (own !== null) most = yield* everything({ knobs: ofGroups([own], purse), base: [], runner });
  const subjects = new Set(most.map(({ subject }) => subject));
  const beside = ofGroups(others, purse).filter(({ subject }) => !subjects.has(subject));
  const all = [...most, ...(yield* everything({ knobs: beside, base: most, runner }))];
  const together = composed(yield* freeWith(all, purse), all);
  const search = { base: [], runner };
  const nearest = yield* withoutHarm(search, together);
  if (!runner.run(nearest).isWayOut) return inOrder(nearest, purse);
  // Another order of trying has found what the search for the fewest did not: nothing stays that is not needed, and no number is cut more than it must be.
  return inOrder(yield* withLargest(yield* withoutIdle(search, nearest), purse), purse);
}

/** Knobs that a set may have, those with a number as far as it goes. Another library is the same by another name, and changes more than it says. */
const usableKnobs = (turned: readonly Turned[], scales: readonly Scale[]): readonly Knob[] => {
  const most = scales.map(({ at }) => at(1)).filter(({ id }) => turned.some(({ knob }) => knob.id === id));
  const others = turned
    .map(({ knob }) => knob)
    .filter(({ subject }) => subject !== "library" && most.every((knob) => knob.subject !== subject));
  return [...others, ...most].filter((knob) => groupOf(knob) !== "hardware");
};

/**
 * @param turned all knobs, each turned on its own
 * @param kept subjects that stay as they are
 */
export const knobBudget = (
  start: Trial,
  turned: readonly Turned[],
  { catalog, kept = [] }: Readonly<{ catalog: Catalog; kept?: readonly string[] }>,
): KnobBudget => {
  const scales = allScales(start.choices, catalog);
  const free = turned.filter(({ knob }) => !kept.includes(knob.subject));
  return {
    start,
    catalog,
    runner: runnerFor(start, catalog),
    knobs: usableKnobs(free, scales),
    scales,
    keepsCards: kept.includes("cards"),
  };
};
