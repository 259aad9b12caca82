import { isWayOut } from "#calc/card/is-way-out.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { allScales } from "./all-knobs.ts";
import type { Knob, Scale } from "./knob.ts";
import { hardwareKnobs } from "./knobs/cards.ts";
import { mildest } from "./mildest.ts";
import { costOf, PRICE_GROUPS, type PriceGroup } from "./prices.ts";
import { composed, everything, fewest, type Runner, runnerFor } from "./set-search.ts";
import type { Trial } from "./trial.ts";
import { groupOf, type Turned } from "./turn-knobs.ts";

/** The changes that make the method in focus fit, and what the engine says of them together. */
export type SmallestSet = Readonly<{ knobs: readonly Knob[]; trial: Trial }>;

/** Groups that are paid from, the cheapest first: what fits with some is not paid from those after. Hardware stands alone, as it is paid otherwise. */
const PAID: readonly (readonly PriceGroup[])[] = [
  ["slower"],
  ["slower", "format"],
  ["hardware"],
  ["slower", "format", "learns-less"],
  ["slower", "format", "learns-less", "offload"],
];

type Purse = Readonly<{
  start: Trial;
  catalog: Catalog;
  runner: Runner;
  /** Each as far as it goes. */
  knobs: readonly Knob[];
  scales: readonly Scale[];
}>;

const isFree = (knob: Knob): boolean => groupOf(knob) === "free";

/** All free knobs that save something together beside others. */
const freeWith = (base: readonly Knob[], { knobs, runner }: Purse): Generator<void, readonly Knob[]> =>
  everything({ knobs: knobs.filter(isFree), base, runner });

const byGroup = (knobs: readonly Knob[]): readonly Knob[] =>
  knobs.toSorted((one, other) => PRICE_GROUPS.indexOf(groupOf(one)) - PRICE_GROUPS.indexOf(groupOf(other)));

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
    const rung = scale && mildest(scale, (knob) => runner.run([...others, knob]));
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

/** The cards that have the least memory in all with which it fits, all that is free taken. */
function* onOtherCards(purse: Purse): Generator<void, readonly Knob[] | null> {
  const { start, catalog, runner } = purse;
  for (const { knob } of hardwareKnobs(start.choices, catalog)) {
    const free = yield* freeWith([knob], purse);
    if (isWayOut(runner.run(composed(free, [knob])).card)) return yield* withFree([knob], free, purse);
  }
  return null;
}

function* paidFrom(groups: readonly PriceGroup[], purse: Purse): Generator<void, readonly Knob[] | null> {
  if (groups.includes("hardware")) return yield* onOtherCards(purse);
  const { knobs, runner } = purse;
  const ofGroups = knobs.filter((knob) => groups.includes(groupOf(knob)));
  // What saves nothing as it is may do so once other things are smaller.
  const free = yield* freeWith(yield* everything({ knobs: ofGroups, base: [], runner }), purse);
  const paid = yield* fewest({ knobs: ofGroups, base: free, runner });
  return paid && (yield* withFree(paid, free, purse));
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
 * What an expert would change to make the method in focus fit, comfortably or tightly: what is free alone; else with it the fewest changes that are paid for, from
 * the first groups that suffice, of as many the cheapest. A number takes the largest value that fits, and a free change that nothing needs is left out.
 * Searched by engine runs alone.
 *
 * @param turned all knobs, each turned on its own
 * @returns no knobs where it fits or is tight as it is; null where nothing makes it fit
 */
export function* smallestSet(
  start: Trial,
  turned: readonly Turned[],
  { catalog, groups = PRICE_GROUPS }: Readonly<{ catalog: Catalog; groups?: readonly PriceGroup[] }>,
): Generator<void, SmallestSet | null> {
  if (isWayOut(start.card)) return { knobs: [], trial: start };
  const runner = runnerFor(start, catalog);
  const scales = allScales(start.choices, catalog);
  const knobs = usableKnobs(turned, scales);
  const alone = yield* fewest({ knobs: knobs.filter(isFree), base: [], runner });
  if (alone !== null) return { knobs: alone, trial: runner.run(alone) };
  const purse = { start, catalog, runner, knobs, scales };
  for (const paid of PAID.filter((each) => each.every((group) => groups.includes(group)))) {
    const found = yield* paidFrom(paid, purse);
    if (found !== null) return { knobs: byGroup(found), trial: runner.run(found) };
  }
  return null;
}
