// Trials of single knobs: each knob applied by itself, with the memory that it saves.

import { vllmShare } from "#scenario/choices/gpu-memory.ts";
import { type Trial, evaluateTrial } from "./trial.ts";
import type { Knob, Scale } from "./knobs/knob.ts";
import type { RunMomentId } from "#calc/model/whole-run.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { allKnobs, allScales, withoutIgnored } from "./knobs/all-knobs.ts";
import { type CardKnob, otherCards, moreCards, moreOtherCards } from "./knobs/gpus.ts";
import { type PriceGroup, costOf, PRICES } from "./prices.ts";
import { changedFields } from "#scenario/choices/settle.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** What an engine beside the run gives back of the card: nothing on another card, whose share of more is no loss. */
const givenBack = (before: Trial, after: Trial): number =>
  vllmShare(before.choices) === vllmShare(after.choices) ? 0 : before.reservedBytes - after.reservedBytes;

/** What a change leaves to the run: as much as that takes less, and what vLLM beside it gives back. */
export const gainedBytes = (before: Trial, after: Trial): number =>
  before.onCardBytes - after.onCardBytes + givenBack(before, after);

/**
 * The rung of a scale that takes away least with which something fits or is tight: the next one does not.
 *
 * @param tryKnob what the engine says with a knob of the scale
 * @yields after each run of the engine
 * @returns null where not even the first rung is enough
 */
export function* mildestRung({ count, at }: Scale, tryKnob: (knob: Knob) => Trial): Generator<void, number | null> {
  const isEnough = (index: number): boolean => tryKnob(at(index)).isWayOut;
  if (!isEnough(1)) return null;
  let [rung, over] = [1, count + 1];
  while (over - rung > 1) {
    const middle = Math.floor((rung + over) / 2);
    if (isEnough(middle)) rung = middle;
    else over = middle;
    yield;
  }
  // Memory hardly ever falls as a number grows; where it does, more of it is taken.
  while (rung < count && isEnough(rung + 1)) rung += 1;
  return rung;
}

/** Moments that are known only as another library runs them. */
const unknownIn = ({ run }: Pick<Trial, "run">): readonly RunMomentId[] => (run === null ? [] : run().unknown);

/** True if every moment of the run that is known before a change is known after it: a change that only hides what a run takes saves nothing. */
export const keepsKnownMoments = (start: Pick<Trial, "run">, changed: Pick<Trial, "run">): boolean => {
  const before = unknownIn(start);
  return unknownIn(changed).every((id) => before.includes(id));
};

/** A knob that was turned, and what the engine said then. */
export type Turned = Readonly<{ knob: Knob; trial: Trial; savedBytes: number }>;

type Tried = readonly [knob: Knob, trial: Trial];

/** What a knob is paid with. */
export const groupOf = ({ price }: Knob): PriceGroup => PRICES[price].group;

/** The first of some changes of cards with which it fits; else the first with which it may not fit, as `smallestGpu` has it. None where it is over with all. */
function* firstThatFits(start: Trial, cards: readonly CardKnob[], catalog: Catalog): Generator<void, readonly Tried[]> {
  const close: Tried[] = [];
  for (const { knob } of cards) {
    const trial = evaluateTrial({ ...start.choices, ...knob.patch }, catalog);
    yield;
    if (trial.fit === "fits") return [[knob, trial]];
    if (trial.fit === "tight") close.push([knob, trial]);
  }
  return close.slice(0, 1);
}

/** What is looked for where it does not fit: numbers as large as they may be, the fewest cards, the smallest card. */
function* whereItIsOver(start: Trial, catalog: Catalog): Generator<void, readonly Tried[]> {
  const { choices } = start;
  const found: Tried[] = [];
  for (const scale of allScales(choices, catalog)) {
    const rung =
      (yield* mildestRung(scale, (knob) => evaluateTrial({ ...choices, ...knob.patch }, catalog))) ?? scale.half;
    const knob = scale.at(rung);
    found.push([knob, evaluateTrial({ ...choices, ...knob.patch }, catalog)]);
    yield;
  }
  const cards = [
    ...(yield* firstThatFits(start, moreCards(choices, catalog), catalog)),
    ...(yield* firstThatFits(start, otherCards(choices, catalog), catalog)),
  ];
  if (cards.length > 0) return [...found, ...cards];
  return [...found, ...(yield* firstThatFits(start, moreOtherCards(choices, catalog), catalog))];
}

/** Every knob without a number, turned on its own. */
function* turnOnOff(start: Trial, catalog: Catalog): Generator<void, readonly Tried[]> {
  const tried: Tried[] = [];
  for (const knob of allKnobs(start.choices, catalog)) {
    tried.push([knob, evaluateTrial({ ...start.choices, ...knob.patch }, catalog)]);
    yield;
  }
  return tried;
}

/** Without those after which the card cannot run it, or a moment of the run is no longer known. */
const usable = (start: Trial, tried: readonly Tried[]): readonly Turned[] =>
  tried
    .filter(([, trial]) => trial.lacks.length === 0)
    .filter(([knob, trial]) => groupOf(knob) === "hardware" || keepsKnownMoments(start, trial))
    .map(([knob, trial]) => ({
      knob,
      trial,
      get savedBytes() {
        return gainedBytes(start, trial);
      },
    }));

/**
 * Turns every knob of some choices on its own and runs the engine on what comes of it. Where they do not fit also what has a number: it takes the largest with
 * which they do (about half where none is small enough), and other cards.
 *
 * `savedBytes` = `onCardBytes` before − after, of the method in focus, and what vLLM gives back; those that save nothing are among them.
 *
 * @yields after each run of the engine, so that a page can do something else between two
 * @returns in the order of `allKnobs`; without those after which the card cannot run it, or a moment of the run is no longer known
 */
export function* turnKnobs(start: Trial, catalog: Catalog): Generator<void, readonly Turned[]> {
  const tried = yield* turnOnOff(start, catalog);
  return usable(start, start.fit === "over" ? [...tried, ...(yield* whereItIsOver(start, catalog))] : tried);
}

/**
 * The knobs that sets are made of, where some choices do not fit: what has a number goes as far as it goes, and nothing is sought.
 *
 * @yields after each run of the engine
 */
export function* turnKnobsForSets(start: Trial, catalog: Catalog): Generator<void, readonly Turned[]> {
  const tried = yield* turnOnOff(start, catalog);
  const numbers = allScales(start.choices, catalog).map(({ at }): Tried => {
    const knob = at(1);
    return [knob, evaluateTrial({ ...start.choices, ...knob.patch }, catalog)];
  });
  return usable(start, [...tried, ...numbers]);
}

/** Whether a change may save something on the card: what its peak alone takes is less, or what is beside it. If not, nothing need be replayed to know. */
const maySave = (start: Trial, { trial }: Turned): boolean =>
  trial.taken.leastBytes < start.onCardBytes || trial.reservedBytes < start.reservedBytes;

/**
 * Those that save something, the largest saving first; of the same saving, the cheapest. Another card need not: it has more. Choices that a knob makes useless
 * are at their defaults.
 *
 * @yields after each knob
 */
export function* savingKnobs(
  start: Trial,
  turned: readonly Turned[],
  catalog: Catalog,
): Generator<void, readonly Turned[]> {
  const saving: Turned[] = [];
  for (const each of turned) {
    const { knob, trial } = each;
    if (groupOf(knob) === "hardware" || (maySave(start, each) && each.savedBytes > 0))
      saving.push({ knob, savedBytes: each.savedBytes, trial: withoutIgnored(start.choices, trial, catalog) });
    yield;
  }
  return saving.toSorted(
    (one, other) => other.savedBytes - one.savedBytes || costOf([one.knob.price]) - costOf([other.knob.price]),
  );
}

/** The fields that a change gives other values, and the method that it is for in focus. */
export const changedPatch = (before: Choices, after: Choices): Partial<Choices> => ({
  method: after.method,
  ...Object.fromEntries(changedFields(before, after).map((field) => [field, after[field]])),
});
