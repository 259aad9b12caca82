import type { Catalog } from "#catalog/catalog.ts";
import { allKnobs } from "./all-knobs.ts";
import type { Knob } from "./knob.ts";
import { PRICES } from "./prices.ts";
import { type Trial, tryOut } from "./trial.ts";

/** A knob that was turned, and what the engine said then. */
export type Turned = Readonly<{ knob: Knob; trial: Trial; savedBytes: number }>;

/**
 * Turns every knob of some choices on its own and runs the engine on what comes of it.
 *
 * `savedBytes` = `peakBytes` before − `peakBytes` after, of the method in focus; those that save nothing are among them.
 *
 * @yields after each run of the engine, so that a page can do something else between two
 * @returns in the order of `allKnobs`; without those after which the card cannot run it
 */
export function* turnKnobs(start: Trial, catalog: Catalog): Generator<void, readonly Turned[]> {
  const turned: Turned[] = [];
  for (const knob of allKnobs(start.choices, catalog)) {
    const trial = tryOut({ ...start.choices, ...knob.patch }, catalog);
    if (trial.lacks.length === 0) turned.push({ knob, trial, savedBytes: start.peakBytes - trial.peakBytes });
    yield;
  }
  return turned;
}

/** Those that save something, the largest saving first; of the same saving, the cheapest. */
export const savingKnobs = (turned: readonly Turned[]): readonly Turned[] =>
  turned
    .filter(({ savedBytes }) => savedBytes > 0)
    .toSorted(
      (one, other) => other.savedBytes - one.savedBytes || PRICES[one.knob.price].rank - PRICES[other.knob.price].rank,
    );
