import { formatCount } from "#format/numbers.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { Trial } from "./trial.ts";

const rowsOfUpdate = ({ batch, accum, gpus }: Choices): number => batch * accum * gpus;

/** What becomes of the rows that one update learns from: "an update takes 16 rows then"; null where they stay as many. */
export const changedUpdate = (before: Choices, after: Choices): string | null => {
  const rows = rowsOfUpdate(after);
  return rows === rowsOfUpdate(before) ? null : `an update takes ${formatCount(rows)} rows then`;
};

/** The same behind an order to take more cards: " (an update takes 16 rows then)", " and accumulation 2"; empty where accumulation stays, too. */
export const behindOrder = (before: Choices, after: Choices): string => {
  const changed = changedUpdate(before, after);
  if (changed !== null) return ` (${changed})`;
  return after.accum === before.accum ? "" : ` and accumulation ${formatCount(after.accum)}`;
};

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
