// Sets of changes that make a run fit, one for each kind of price, and the smallest set.

import type { Knob } from "./knobs/knob.ts";
import { type PriceGroup, PRICE_GROUPS } from "./prices.ts";
import { nearestChanges, fewestChanges, type KnobBudget, knobBudget } from "./change-sets.ts";
import type { Trial } from "./trial.ts";
import { withoutIgnored } from "./knobs/all-knobs.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Turned } from "./knob-search.ts";

/** What it may cost to make something fit, from left to right; parameters in host memory are never composed. */
export const OFFER_KINDS = ["free", "slower", "format", "hardware", "learns-less"] as const satisfies PriceGroup[];
export type OfferKind = (typeof OFFER_KINDS)[number];

/** A set of changes of one kind, and what the engine says of them together. */
export type Offer = Readonly<{ kind: OfferKind; knobs: readonly Knob[]; trial: Trial }>;

/** What a kind may take of others beside what is free. */
const TO_THE_LEFT: Readonly<Record<OfferKind, readonly PriceGroup[]>> = {
  free: [],
  slower: [],
  format: ["slower"],
  hardware: ["slower", "format"],
  "learns-less": ["slower", "format"],
};

/**
 * From which groups a kind is paid, to be tried in turn: its own, and those to its left only where it must. Where nothing to the left is enough, all of that
 * goes along, so that as little as can be is taken of its own. Hardware stands alone where it can, as it is paid otherwise.
 *
 * @example ("learns-less", true) is [["learns-less"], ["slower", "learns-less"], ["slower", "format", "learns-less"]]
 * @internal
 */
export const groupsToTry = (kind: OfferKind, isLeftEnough: boolean): readonly (readonly PriceGroup[])[] => {
  const left = TO_THE_LEFT[kind];
  if (kind === "hardware") return [[kind], [...left, kind]];
  const own = kind === "free" ? [] : [kind];
  const least = isLeftEnough ? 0 : left.length;
  return Array.from({ length: left.length - least + 1 }, (_, more) => [...left.slice(0, least + more), ...own]);
};

function* offerOf(
  kind: OfferKind,
  { purse, isLeftEnough }: Readonly<{ purse: KnobBudget; isLeftEnough: boolean }>,
): Generator<void, Offer> {
  const { start, runner, catalog } = purse;
  const of = (knobs: readonly Knob[]): Offer => ({
    kind,
    knobs,
    trial: withoutIgnored(start.choices, runner.run(knobs), catalog),
  });
  for (const groups of groupsToTry(kind, isLeftEnough)) {
    const found = yield* fewestChanges(groups, purse);
    if (found !== null) return of(found);
  }
  return of(yield* nearestChanges(kind === "free" ? null : kind, TO_THE_LEFT[kind], purse));
}

/**
 * For each kind of price what an expert would change to make the method in focus fit, comfortably or tightly: what is free first, then the fewest of the kind,
 * of as many the cheapest. Where all of a kind is not enough, all of it: what comes nearest. Hardware need not be there: then its set is what is free.
 */
export function* offers(purse: KnobBudget): Generator<void, readonly Offer[]> {
  const found: Offer[] = [];
  for (const kind of OFFER_KINDS) {
    const left: readonly PriceGroup[] = ["free", ...TO_THE_LEFT[kind]];
    const isLeftEnough = found.some((offer) => left.includes(offer.kind) && offer.trial.isWayOut);
    found.push(yield* offerOf(kind, { purse, isLeftEnough }));
  }
  return found;
}

/** The changes that make the method in focus fit, and what the engine says of them together. */
export type SmallestSet = Readonly<{ knobs: readonly Knob[]; trial: Trial }>;

/** Groups that are paid from, the cheapest first: what fits with some is not paid from those after. The host's memory is for where nothing else is enough. */
const PAID: readonly (readonly PriceGroup[])[] = [
  ...OFFER_KINDS.flatMap((kind) => groupsToTry(kind, false)),
  ["slower", "format", "learns-less", "offload"],
];

/**
 * What an expert would change to make the method in focus fit, comfortably or tightly: what is free alone; else with it the fewest changes that are paid for, from
 * the first groups that suffice. It is the first offer that fits (`offers`), or else the host's memory.
 *
 * @param turned all knobs, each turned on its own
 * @returns no knobs where it fits or is tight as it is; null where nothing makes it fit
 */
export function* smallestSet(
  start: Trial,
  turned: readonly Turned[],
  { catalog, groups = PRICE_GROUPS }: Readonly<{ catalog: Catalog; groups?: readonly PriceGroup[] }>,
): Generator<void, SmallestSet | null> {
  if (start.isWayOut) return { knobs: [], trial: start };
  const purse = knobBudget(start, turned, { catalog });
  for (const paid of PAID.filter((each) => each.every((group) => groups.includes(group)))) {
    const knobs = yield* fewestChanges(paid, purse);
    if (knobs !== null) return { knobs, trial: withoutIgnored(start.choices, purse.runner.run(knobs), catalog) };
  }
  return null;
}
