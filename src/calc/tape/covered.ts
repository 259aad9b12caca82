import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import type { Counts } from "./ledger.ts";
import { GROWTHS } from "./shape.ts";
import type { SizeTable } from "./size-table.ts";

/** How each size grows, and by which factor. */
type Sizes = Pick<SizeTable, "growths" | "factors">;

/** Most that rounding up to a block adds to one storage. */
const ROUNDING_BYTES = BLOCK_BYTES - 1;

/**
 * For each growth, from the fastest down, those that are never less for any batch and sequence from 1 up, the slowest first: what one moment has
 * more of a growth can be made good by what the other has more of these. @see GROWTHS
 */
const AT_LEAST: readonly (readonly [growth: number, larger: readonly number[]])[] = [
  [7, []],
  [5, [7]],
  [2, [5, 7]],
  [13, []],
  [16, []],
  [10, []],
  [9, [10]],
  [6, [9, 10]],
  [12, [13, 6, 9, 10]],
  [11, [12, 13, 4, 6, 9, 10]],
  [14, [11, 12, 13, 4, 6, 9, 10]],
  [15, [14, 11, 12, 13, 4, 6, 9, 10]],
  [8, [4, 6, 9, 10, 5, 7]],
  [4, [6, 9, 10, 5, 7]],
  [3, [11, 12, 13, 4, 6, 9, 10, 5, 7]],
  [1, [2, 4, 6, 9, 10, 5, 7]],
  [0, [1, 3, 8, 11, 12, 13, 2, 4, 6, 9, 10, 5, 7]],
];

/** By growth, the coefficients that `other` has more than `one`; refilled at every comparison. */
const difference = new Float64Array(GROWTHS.length);

/** `other` has so many more of a size. */
const addMore = ({ growths, factors }: Sizes, size: number, more: number): void => {
  if (more === 0) return;
  const growth = growths[size] as number;
  difference[growth] = (difference[growth] as number) + more * (factors[size] as number);
  // What only `one` has may be rounded up, what only `other` has may be as large as it is.
  if (more < 0 && growth > 0) difference[0] = (difference[0] as number) + more * ROUNDING_BYTES;
};

const fillDifference = (sizes: Sizes, one: Counts, other: Counts): void => {
  for (let growth = 0; growth < difference.length; growth++) difference[growth] = 0;
  const both = Math.min(one.length, other.length);
  for (let size = 0; size < both; size++) addMore(sizes, size, (other[size] as number) - (one[size] as number));
  for (let size = both; size < one.length; size++) addMore(sizes, size, -(one[size] as number));
  for (let size = both; size < other.length; size++) addMore(sizes, size, other[size] as number);
};

const makeGood = (growth: number, larger: readonly number[]): boolean => {
  let lacking = -(difference[growth] as number);
  for (const source of larger) {
    if (lacking <= 0) return true;
    const spare = difference[source] as number;
    if (spare <= 0) continue;
    const taken = Math.min(spare, lacking);
    difference[source] = spare - taken;
    lacking -= taken;
  }
  return lacking <= 0;
};

const isAllMadeGood = (): boolean => {
  for (const [growth, larger] of AT_LEAST)
    if ((difference[growth] as number) < 0 && !makeGood(growth, larger)) return false;
  return true;
};

/**
 * Whether what `one` counts is never more bytes than what `other` counts, for every batch and sequence, each storage rounded up to blocks. Sure
 * when it says so; may miss some.
 */
export const isCovered = (sizes: Sizes, one: Counts, other: Counts): boolean => {
  fillDifference(sizes, one, other);
  // Mostly nothing is lacking.
  for (let growth = 0; growth < difference.length; growth++)
    if ((difference[growth] as number) < 0) return isAllMadeGood();
  return true;
};
