import type { Catalog } from "#catalog/catalog.ts";
import type { Knob } from "./knob.ts";
import { OFFER_KINDS, pursesOf } from "./offers.ts";
import { paidFrom, purseOf } from "./paid-sets.ts";
import { PRICE_GROUPS, type PriceGroup } from "./price.ts";
import type { Trial } from "./trial.ts";
import type { Turned } from "./turn-knobs.ts";
import { withoutIgnored } from "./without-ignored.ts";

/** The changes that make the method in focus fit, and what the engine says of them together. */
export type SmallestSet = Readonly<{ knobs: readonly Knob[]; trial: Trial }>;

/** Groups that are paid from, the cheapest first: what fits with some is not paid from those after. The host's memory is for where nothing else is enough. */
const PAID: readonly (readonly PriceGroup[])[] = [
  ...OFFER_KINDS.flatMap((kind) => pursesOf(kind, false)),
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
  const purse = purseOf(start, turned, { catalog });
  for (const paid of PAID.filter((each) => each.every((group) => groups.includes(group)))) {
    const knobs = yield* paidFrom(paid, purse);
    if (knobs !== null) return { knobs, trial: withoutIgnored(start.choices, purse.runner.run(knobs), catalog) };
  }
  return null;
}
