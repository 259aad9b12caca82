import { BLOCK_BYTES } from "#calc/allocation.ts";
import type { Counts } from "./ledger.ts";
import { GROWTHS } from "./shape.ts";

/** The table of sizes: how each grows, and by which factor. */
export type Sizes = Readonly<{ growths: readonly number[]; factors: readonly number[] }>;

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

const FASTEST_FIRST = AT_LEAST.map(([growth]) => growth);
const NEVER_LESS = AT_LEAST.map(([, larger]) => larger);

/** By growth, the coefficients that `other` has more than `one`; refilled at every comparison. */
const difference = new Float64Array(GROWTHS.length);

const fillDifference = ({ growths, factors }: Sizes, one: Counts, other: Counts): void => {
  for (let growth = 0; growth < difference.length; growth++) difference[growth] = 0;
  for (let id = Math.max(one.length, other.length) - 1; id >= 0; id--) {
    const more = (other[id] ?? 0) - (one[id] ?? 0);
    if (more === 0) continue;
    const growth = growths[id] as number;
    difference[growth] = (difference[growth] as number) + more * (factors[id] as number);
    // What only `one` has may be rounded up, what only `other` has may be as large as it is.
    if (more < 0 && growth > 0) difference[0] = (difference[0] as number) + more * ROUNDING_BYTES;
  }
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

/**
 * Whether what `one` counts is never more bytes than what `other` counts, for every batch and sequence, each storage rounded up to blocks. Sure
 * when it says so; may miss some.
 */
export const isCovered = (sizes: Sizes, one: Counts, other: Counts): boolean => {
  fillDifference(sizes, one, other);
  for (let place = 0; place < FASTEST_FIRST.length; place++) {
    const growth = FASTEST_FIRST[place] as number;
    if ((difference[growth] as number) < 0 && !makeGood(growth, NEVER_LESS[place] as readonly number[])) return false;
  }
  return true;
};
