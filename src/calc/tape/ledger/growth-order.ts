import { type Dimension, DIMENSIONS } from "./dimension.ts";
import { type Extent, extentOf } from "./extent.ts";
import { growthAt, growthCount, growthNamed } from "./growth.ts";

/** The factors of a product without those of `taken`; null if it does not have them all. */
const without = (product: readonly Dimension[], taken: readonly Dimension[]): readonly Dimension[] | null => {
  const left = [...product];
  for (const factor of taken) {
    const index = left.indexOf(factor);
    if (index < 0) return null;
    left.splice(index, 1);
  }
  return left;
};

/**
 * Whether a product is never more than another, for any batch and length from 1 up. The other must have all its factors, or larger products
 * (`within`) in their place, and the factors that are left must be at least 1.
 * Example: c·s ≤ b·s·s, because c ≤ s, and b is left.
 */
const isWithin = (one: readonly Dimension[], other: readonly Dimension[]): boolean => {
  // A larger product in place of a factor has as many factors or more.
  if (one.length > other.length) return false;
  const left = without(other, one);
  if (left?.every((factor) => DIMENSIONS[factor].canBeNone !== true) === true) return true;
  return one.some((factor, index) =>
    DIMENSIONS[factor].within.some((larger) =>
      isWithin(one.toSpliced(index, 1, ...(larger as readonly Dimension[])), other),
    ),
  );
};

/** Answers of `isNeverMore`, by both growths. */
const found: boolean[][] = [];

/** Whether one growth is never more than another, for any batch and length from 1 up. */
export const isNeverMore = (one: number, other: number): boolean => {
  const row = (found[one] ??= []);
  return (row[other] ??= isWithin(growthNamed(one).factors, growthNamed(other).factors));
};

/** Extents to sort growths at: where chunks of a scan and of a loss are most, and where they are fewest. */
const MOST = extentOf({ b: 4096, s: 1024, chunk: 4096 * 1024, chunkSize: 1 });
const FEWEST = extentOf({ b: 4096, s: 1024, chunk: 1, chunkSize: 1024 });

const byValue =
  (extent: Extent) =>
  (one: number, other: number): number =>
    growthAt(one, extent) - growthAt(other, extent) || growthNamed(one).order - growthNamed(other).order;

/** A growth, and all growths that are never less. What one maximum has more of it can be made good by what the other has more of these. */
type MadeGood = Readonly<{ growth: number; larger: readonly number[] }>;

let known: readonly MadeGood[] = [];

/**
 * For every growth so far, the growths that are never less. Growths are made good in this order, fastest first: fewest others can make
 * those good. Each takes from the slowest that will do, because that can make good fewest others. The order does not depend on which growth
 * was met first.
 */
export const madeGood = (): readonly MadeGood[] => {
  if (known.length === growthCount()) return known;
  const all = Array.from({ length: growthCount() }, (_, growth) => growth);
  const slowestFirst = all.toSorted(byValue(FEWEST));
  known = all
    .toSorted(byValue(MOST))
    .toReversed()
    .map((growth) => ({
      growth,
      larger: slowestFirst.filter((other) => other !== growth && isNeverMore(growth, other)),
    }));
  return known;
};
