import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import { CONSTANT, growthCount, MOST_GROWTHS } from "./growth.ts";
import { madeGood } from "./growth-order.ts";
import type { Counts, SizeTable } from "./size-table.ts";

/** How each size grows, and by which factor. */
type Sizes = Pick<SizeTable, "growths" | "factors">;

/** Most that rounding up to a block adds to one storage. */
const ROUNDING_BYTES = BLOCK_BYTES - 1;

/** By growth, the coefficients that `other` has more than `one`; refilled at every comparison. */
const difference = new Float64Array(MOST_GROWTHS);

/** `other` has so many more of a size. */
const addMore = ({ growths, factors }: Sizes, size: number, more: number): void => {
  if (more === 0) return;
  const growth = growths[size] as number;
  difference[growth] = (difference[growth] as number) + more * (factors[size] as number);
  // What only `one` has may be rounded up, what only `other` has may be as large as it is.
  if (more < 0 && growth !== CONSTANT) difference[CONSTANT] = (difference[CONSTANT] as number) + more * ROUNDING_BYTES;
};

const fillDifference = (sizes: Sizes, one: Counts, other: Counts): void => {
  const growths = growthCount();
  for (let growth = 0; growth < growths; growth++) difference[growth] = 0;
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
  for (const { growth, larger } of madeGood())
    if ((difference[growth] as number) < 0 && !makeGood(growth, larger)) return false;
  return true;
};

/**
 * Whether what `one` counts is never more bytes than what `other` counts, for every batch and sequence, each storage rounded up to blocks. Sure
 * when it says so; may miss some.
 */
export const isCovered = (sizes: Sizes, one: Counts, other: Counts): boolean => {
  fillDifference(sizes, one, other);
  const growths = growthCount();
  // Mostly nothing is lacking.
  for (let growth = 0; growth < growths; growth++) if ((difference[growth] as number) < 0) return isAllMadeGood();
  return true;
};
