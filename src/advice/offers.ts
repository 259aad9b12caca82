import type { Knob } from "./knob.ts";
import type { PriceGroup } from "./price.ts";
import { nearestBy, paidFrom, type Purse } from "./paid-sets.ts";
import type { Trial } from "./trial.ts";
import { withoutIgnored } from "./without-ignored.ts";

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
 */
export const pursesOf = (kind: OfferKind, isLeftEnough: boolean): readonly (readonly PriceGroup[])[] => {
  const left = TO_THE_LEFT[kind];
  if (kind === "hardware") return [[kind], [...left, kind]];
  const own = kind === "free" ? [] : [kind];
  const least = isLeftEnough ? 0 : left.length;
  return Array.from({ length: left.length - least + 1 }, (_, more) => [...left.slice(0, least + more), ...own]);
};

function* offerOf(
  kind: OfferKind,
  { purse, isLeftEnough }: Readonly<{ purse: Purse; isLeftEnough: boolean }>,
): Generator<void, Offer> {
  const { start, runner, catalog } = purse;
  const of = (knobs: readonly Knob[]): Offer => ({
    kind,
    knobs,
    trial: withoutIgnored(start.choices, runner.run(knobs), catalog),
  });
  for (const groups of pursesOf(kind, isLeftEnough)) {
    const found = yield* paidFrom(groups, purse);
    if (found !== null) return of(found);
  }
  return of(yield* nearestBy(kind === "free" ? null : kind, TO_THE_LEFT[kind], purse));
}

/**
 * For each kind of price what an expert would change to make the method in focus fit, comfortably or tightly: what is free first, then the fewest of the kind,
 * of as many the cheapest. Where all of a kind is not enough, all of it: what comes nearest. Hardware need not be there: then its set is what is free.
 */
export function* offers(purse: Purse): Generator<void, readonly Offer[]> {
  const found: Offer[] = [];
  for (const kind of OFFER_KINDS) {
    const left: readonly PriceGroup[] = ["free", ...TO_THE_LEFT[kind]];
    const isLeftEnough = found.some((offer) => left.includes(offer.kind) && offer.trial.isWayOut);
    found.push(yield* offerOf(kind, { purse, isLeftEnough }));
  }
  return found;
}
