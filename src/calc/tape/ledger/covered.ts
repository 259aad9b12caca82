import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import { CONSTANT, grown, growthCount, growthNamed, MOST_GROWTHS } from "./growth.ts";
import { madeGood } from "./growth-order.ts";
import type { Counts, SizeTable } from "./size-table.ts";

/** How each size grows, and by which factor. */
type Sizes = Pick<SizeTable, "growths" | "factors">;

/** The most that rounding up to a block adds to one storage. */
const ROUNDING_BYTES = BLOCK_BYTES - 1;

/** For each growth, the coefficient of `other` minus that of `one`. Filled anew for every comparison. */
const difference = new Float64Array(MOST_GROWTHS);

/** As what the tensors of a growth grow that are rounded up: one, or one for each row. */
const roundedTensors = (growth: number): number => {
  const { alone } = growthNamed(growth);
  return alone === null ? CONSTANT : grown(CONSTANT, alone);
};

/** Adds so many storages of a size to the difference: `other` has `more` of them than `one` (fewer if negative). */
const addMore = ({ growths, factors }: Sizes, size: number, more: number): void => {
  if (more === 0) return;
  const growth = growths[size] as number;
  difference[growth] = (difference[growth] as number) + more * (factors[size] as number);
  // The worst case: what `one` has more is rounded up by almost a block each, what `other` has more not at all.
  if (more >= 0 || growth === CONSTANT) return;
  const rounded = roundedTensors(growth);
  difference[rounded] = (difference[rounded] as number) + more * ROUNDING_BYTES;
};

const fillDifference = (sizes: Sizes, one: Counts, other: Counts): void => {
  const growths = growthCount();
  for (let growth = 0; growth < growths; growth++) difference[growth] = 0;
  const both = Math.min(one.length, other.length);
  for (let size = 0; size < both; size++) addMore(sizes, size, (other[size] as number) - (one[size] as number));
  for (let size = both; size < one.length; size++) addMore(sizes, size, -(one[size] as number));
  for (let size = both; size < other.length; size++) addMore(sizes, size, other[size] as number);
};

/** Whether what `other` lacks of a growth is made good by what it has to spare of larger ones, which is taken from them. */
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
 * Whether `one` is never more bytes than `other`, for every batch and sequence, each storage rounded up to blocks. True is certain; false
 * may only mean that it was not found.
 * Example: `one` has a storage of 8,192·b·s bytes more, `other` has one of 65,536·b·s·s more. It is covered: of the 65,536, 8,192 make good
 * b·s, and 511 the rounding.
 */
export const isCovered = (sizes: Sizes, one: Counts, other: Counts): boolean => {
  fillDifference(sizes, one, other);
  const growths = growthCount();
  // Mostly `other` lacks nothing.
  for (let growth = 0; growth < growths; growth++) if ((difference[growth] as number) < 0) return isAllMadeGood();
  return true;
};
