import type { Trial } from "./trial.ts";

/** What each moment of a run allocates at its highest, the most first: of the training step alone, one figure. */
const peaksOf = ({ peakBytes, run }: Trial): readonly number[] =>
  run === null
    ? [peakBytes]
    : run()
        .moments.map((moment) => moment.peakBytes)
        .toSorted((one, other) => other - one);

/** By how much less one takes, in the highest moment in which they differ: what does not touch the worst moment may be needed once that is smaller. */
const differenceOf = (one: Trial, other: Trial): number => {
  const [ones, others] = [peaksOf(one), peaksOf(other)];
  for (const [index, peak] of ones.entries()) {
    const difference = peak - (others[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return ones.length - others.length;
};

/** Whether a run, and what stands beside it, takes less than another. The same peaks take less or more by what is set of the allocator alone. */
export const takesLess = (one: Trial, other: Trial): boolean => {
  const difference = differenceOf(one, other) + one.reservedBytes - other.reservedBytes;
  if (difference !== 0) return difference < 0;
  return one.choices.alloc !== other.choices.alloc && one.onCardBytes < other.onCardBytes;
};
