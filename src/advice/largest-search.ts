// Search for the largest number whose memory is within a limit, and memory by batch and by length.

import { type Bytes, bytes } from "#calc/base/bytes.ts";
import type { CardUse } from "#calc/card/card-use.ts";
import { isPadded } from "#calc/model/scenario-traits.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { RANGES, type Choices } from "#scenario/keys/choices.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { CardTraits } from "#catalog/gpu-support.ts";
import { cardMemoryOf } from "#scenario/choices/gpu-memory.ts";
import { knownRunOf, cardUseWithRun } from "./trial.ts";

/** The answer to "how large may this be": null where not even the smallest does; capped where the control's own limit ends it. */
export type Largest = Readonly<{ value: number | null; capped: boolean }>;

/** Nothing is the largest where nothing runs. */
export const NO_LARGEST: Largest = { value: null, capped: false };

type Range = Readonly<{ min: number; max: number }>;
type Sample = Readonly<{ n: number; value: number }>;

/** A bracket this much wider than its lower end is halved in ratio: a chord says nothing over such a width. */
const WIDE_RATIO = 4;

/** The n of a bracket to look at next: where the chord crosses the limit, or the middle when chords have not halved the bracket. */
const nextIn = (low: Sample, high: Sample, { limit, halve }: Readonly<{ limit: number; halve: boolean }>): number => {
  const isWide = high.n > WIDE_RATIO * low.n;
  const middle = isWide ? Math.sqrt(low.n * high.n) : (low.n + high.n) / 2;
  const chord = low.n + ((limit - low.value) / (high.value - low.value)) * (high.n - low.n);
  return Math.min(high.n - 1, Math.max(low.n + 1, Math.floor(isWide || halve ? middle : chord)));
};

/**
 * A searcher for the largest whole n of a range at which a quantity that grows with n is within a limit: n is, n + 1 is not. Every value is
 * computed once, however many limits are asked for: cards of all sizes share them.
 *
 * @param valueAt never falls as n grows; where it does, the answer is still an n that is within, with n + 1 beyond
 * @param hint where to begin to look
 * @internal
 */
export const largestWithin = (
  valueAt: (n: number) => number,
  { min, max }: Range,
  hint: number,
): ((limit: number) => Largest) => {
  /** Ascending in n. */
  const samples: Sample[] = [];
  const look = (n: number): Sample => {
    const index = samples.findIndex((sample) => sample.n >= n);
    const known = samples[index];
    if (known?.n === n) return known;
    const sample = { n, value: valueAt(n) };
    if (index === -1) samples.push(sample);
    else samples.splice(index, 0, sample);
    return sample;
  };

  /** From the hint on in growing steps, until the limit lies between two samples. */
  const bracket = (limit: number): readonly [Sample, Sample] | Largest => {
    look(Math.min(max, Math.max(min, hint)));
    for (;;) {
      const above = samples.findIndex(({ value }) => value > limit);
      const high = samples[above];
      const low = samples[above === -1 ? samples.length - 1 : above - 1];
      if (high === undefined) {
        if (low === undefined || low.n === max) return { value: max, capped: true };
        look(Math.min(max, low.n * 2));
      } else if (low === undefined) {
        if (high.n === min) return NO_LARGEST;
        look(Math.max(min, Math.floor(high.n / 2)));
      } else return [low, high];
    }
  };

  return (limit) => {
    const found = bracket(limit);
    if ("capped" in found) return found;
    let [low, high] = found;
    let halve = false;
    while (high.n - low.n > 1) {
      const width = high.n - low.n;
      const sample = look(nextIn(low, high, { limit, halve }));
      if (sample.value > limit) high = sample;
      else low = sample;
      halve = !halve && high.n - low.n > width / 2;
    }
    return { value: low.n, capped: false };
  };
};

/** What a run takes as one number of it varies; `now`: what it is, where to begin to look. */
export type Varied = Readonly<{ takenAt: (n: number) => CardUse; now: number }>;

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
  const known = new Map<number, CardUse>();
  const takenWith = (n: number): CardUse => {
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
    return n < min ? NO_LARGEST : { value: n, capped: n === max };
  };
};

/** Numbers of a range that are tried, ascending: `at(1)`, `at(2)` ... `at(count)`. */
export type TriedNumbers = Readonly<{
  range: Range;
  count: number;
  at: (index: number) => number;
  /** How many of them are no larger than n: the index of the last of these. */
  countTo: (n: number) => number;
  /** Whether the numbers between two of them are tried too, from the last one that goes on. */
  isStepped: boolean;
}>;

/** All multiples of a step in a range. */
export const multiplesOf = (step: number, range: Range): TriedNumbers => {
  const { min, max } = range;
  const before = Math.ceil(min / step) - 1;
  const countTo = (n: number): number => Math.floor(Math.min(n, max) / step) - before;
  return { range, count: countTo(max), at: (index) => (before + index) * step, countTo, isStepped: step > 1 };
};

/** Below it all numbers are round. */
const ALL_ROUND = 32;

/** The numbers of a range that have no more than five binary digits before their zeros, a 16th apart or less (... 30, 31, 32, 34 ... 2,048, 2,176 ...), and its last. */
export const roundNumbers = (range: Range): TriedNumbers => {
  const { min, max } = range;
  const numbers: number[] = [];
  for (let n = min, step = 1; n < max; n = (Math.floor(n / step) + 1) * step) {
    while (n >= ALL_ROUND * step) step *= 2;
    if (n % step === 0) numbers.push(n);
  }
  numbers.push(max);
  return {
    range,
    count: numbers.length,
    at: (index) => numbers[index - 1] as number,
    countTo: (n) => numbers.findLastIndex((number) => number <= n) + 1,
    isStepped: false,
  };
};

/** The mask of padded rows is aligned to so many positions: a length that it does not divide has copies that the next one it divides has not. */
const ALIGNED_TOKENS = 8;

/** The lengths among which the longest is looked for. */
export const lengthsOf = (scenario: Scenario): TriedNumbers =>
  multiplesOf(isPadded(scenario) ? ALIGNED_TOKENS : 1, RANGES.seq);

/** What a scenario takes on a card, as a function of batch or of length, the other as it is. */
type TakenAt = Readonly<{
  batch: (micro_batch_size: number) => CardUse;
  seq: (sequence_length: number) => CardUse;
}>;

/** The two functions of a scenario on cards of a kind, with the moments outside the step that its choices ask for. */
export const cardUseAt = (
  { choices, scenario }: Readonly<{ choices: Choices; scenario: Scenario }>,
  traits: CardTraits,
): TakenAt => {
  const peakAt = ENGINE.peakFunction(scenario);
  const at = (patch: Partial<Pick<Choices, "batch" | "seq">>): CardUse => {
    const { batch, seq } = { ...choices, ...patch };
    const shaped = { ...scenario, micro_batch_size: batch, sequence_length: seq };
    const run = knownRunOf({ ...choices, ...patch }, shaped);
    return cardUseWithRun(run, shaped.gpus, cardMemoryOf(shaped, peakAt(shaped), traits));
  };
  return { batch: (batch) => at({ batch }), seq: (seq) => at({ seq }) };
};
