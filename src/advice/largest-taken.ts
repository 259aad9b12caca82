import { type Bytes, bytes } from "#calc/base/quantity.ts";
import type { Taken } from "#calc/card/taken.ts";
import { type Largest, largestWithin } from "./largest-within.ts";
import type { TriedNumbers } from "./tried-numbers.ts";

/** What a run takes as one number of it varies; `now`: what it is, where to begin to look. */
export type Varied = Readonly<{ takenAt: (n: number) => Taken; now: number }>;

/** A search for a capacity. @yields after each number that was tried */
export type Search = (available: Bytes) => Generator<void, Largest>;

/** From where the last one is thought to be, the first step is this part of the way. */
const FIRST_STEP = 1 / 256;

/** The last index below `end`, which does not go, that goes, where the next one does not; 0 where none does. From a guess on in growing steps, then halved. */
function* lastBelow(end: number, guess: number, goesAt: (index: number) => boolean): Generator<void, number> {
  let [goes, over] = [0, end];
  let index = Math.max(1, Math.min(guess, end - 1));
  for (let step = Math.max(1, Math.round(guess * FIRST_STEP)); over - goes > 1; step *= 2) {
    if (goesAt(index)) goes = index;
    else over = index;
    yield;
    if (goes === 0) index = Math.max(1, over - step);
    else if (over === end) index = Math.min(end - 1, goes + step);
    else index = Math.floor((goes + over) / 2);
  }
  return goes;
}

/**
 * A searcher for the largest of some numbers with which a run goes on a card, tightly or better: it does, and with the next it does not. PyTorch's peak alone
 * says beyond which nothing need be replayed; the gaps that a replay finds there say where to look. What was found out of a number is kept for other cards.
 */
export const largestTaken = ({ takenAt, now }: Varied, tried: TriedNumbers): Search => {
  const { count, at, countTo, isStepped } = tried;
  const { min, max } = tried.range;
  const known = new Map<number, Taken>();
  const takenWith = (n: number): Taken => {
    const taken = known.get(n) ?? takenAt(n);
    known.set(n, taken);
    return taken;
  };
  const mostWithin = largestWithin((index) => takenWith(at(index)).leastBytes, { min: 1, max: count }, countTo(now));

  function* lastIndex(available: Bytes): Generator<void, number> {
    const goesAt = (index: number): boolean => takenWith(at(index)).goesWith(available);
    const most = mostWithin(available).value ?? 0;
    if (most === 0 || goesAt(most)) return most;
    yield;
    const { leastBytes, onCard } = takenWith(at(most));
    const within = bytes(Math.floor((leastBytes / onCard().onCardBytes) * available));
    yield;
    return yield* lastBelow(most, mostWithin(within).value ?? 0, goesAt);
  }

  return function* search(available) {
    const index = yield* lastIndex(available);
    let n = index === 0 ? min - 1 : at(index);
    while (isStepped && n < max && takenWith(n + 1).goesWith(available)) {
      n += 1;
      yield;
    }
    return n < min ? { value: null, capped: false } : { value: n, capped: n === max };
  };
};
