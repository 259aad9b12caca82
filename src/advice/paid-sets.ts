import type { Catalog } from "#catalog/catalog.ts";
import { allScales } from "./all-knobs.ts";
import type { Knob, Scale } from "./knob.ts";
import { hardwareKnobs } from "./knobs/cards.ts";
import { mildest } from "./mildest.ts";
import { PRICE_GROUPS, type PriceGroup } from "./price.ts";
import { costOf } from "./prices.ts";
import { composed, everything, fewest, type Runner, runnerFor, withoutHarm, withoutIdle } from "./set-search.ts";
import type { Trial } from "./trial.ts";
import { groupOf, type Turned } from "./turn-knobs.ts";

/** What sets are paid from: the knobs of some choices, what runs them, and which of them stay as they are. */
export type Purse = Readonly<{
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
const freeWith = (base: readonly Knob[], { knobs, runner }: Purse): Generator<void, readonly Knob[]> =>
  everything({ knobs: knobs.filter(isFree), base, runner });

/** Whether a knob has a part in the worst moment of a run: one of another moment is said after those that do. */
const isOfWorst = ({ worstOutside }: Trial, { moment }: Knob): boolean =>
  moment === undefined || moment === worstOutside?.id;

/** A set as it is said: what changes the worst moment first, then the cheapest group. */
const inOrder = (knobs: readonly Knob[], { start }: Pick<Purse, "start">): readonly Knob[] =>
  knobs.toSorted(
    (one, other) =>
      Number(isOfWorst(start, other)) - Number(isOfWorst(start, one)) ||
      PRICE_GROUPS.indexOf(groupOf(one)) - PRICE_GROUPS.indexOf(groupOf(other)),
  );

/** The numbers of a set as large as they may be beside its other members, the dearest first. */
function* withLargest(
  set: readonly Knob[],
  { scales, runner }: Pick<Purse, "scales" | "runner">,
): Generator<void, readonly Knob[]> {
  let kept = set;
  const dearestFirst = set.toSorted((one, other) => costOf([other.price]) - costOf([one.price]));
  for (const { subject } of dearestFirst) {
    const scale = scales.find(({ at }) => at(1).subject === subject);
    const others = kept.filter((knob) => knob.subject !== subject);
    const rung = scale && (yield* mildest(scale, (knob) => runner.run([...others, knob])));
    if (scale !== undefined && typeof rung === "number")
      kept = kept.map((knob) => (knob.subject === subject ? scale.at(rung) : knob));
    yield;
  }
  return kept;
}

/** A set of what is paid for with the free knobs that it needs. */
function* withFree(paid: readonly Knob[], free: readonly Knob[], purse: Purse): Generator<void, readonly Knob[]> {
  const { runner, knobs } = purse;
  const largest = yield* withLargest(composed(free, paid), purse);
  const base = largest.filter((knob) => !isFree(knob));
  const ofFree = knobs.filter((knob) => isFree(knob) && base.every(({ subject }) => subject !== knob.subject));
  const needed = (yield* fewest({ knobs: ofFree, base, runner })) ?? free;
  return yield* withLargest(composed(base, needed), purse);
}

/** Other cards, the least memory in all first. */
const cardsOf = ({ start, catalog, keepsCards }: Purse): readonly Knob[] =>
  keepsCards ? [] : hardwareKnobs(start.choices, catalog).map(({ knob }) => knob);

const ofGroups = (groups: readonly PriceGroup[], { knobs }: Purse): readonly Knob[] =>
  knobs.filter((knob) => groups.includes(groupOf(knob)));

/** The cards that have the least memory in all with which it fits, all that is free taken, and beside them the fewest changes of other groups. */
function* onOtherCards(groups: readonly PriceGroup[], purse: Purse): Generator<void, readonly Knob[] | null> {
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
export function* paidFrom(groups: readonly PriceGroup[], purse: Purse): Generator<void, readonly Knob[] | null> {
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
export function* nearestBy(
  own: PriceGroup | null,
  others: readonly PriceGroup[],
  purse: Purse,
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
export const purseOf = (
  start: Trial,
  turned: readonly Turned[],
  { catalog, kept = [] }: Readonly<{ catalog: Catalog; kept?: readonly string[] }>,
): Purse => {
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
