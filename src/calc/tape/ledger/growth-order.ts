import { type Dimension, DIMENSIONS, type Extent, extentOf } from "./dimension.ts";
import { growthAt, growthCount, growthNamed } from "./growth.ts";

/** What is left of a product when another is taken out of it; null where that is not in it. */
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
 * Whether a product is never more than another: it has its factors among those of the other, or what they are never
 * more than, and the factors that are left are at least 1.
 */
const isWithin = (one: readonly Dimension[], other: readonly Dimension[]): boolean => {
  // What a factor is never more than has as many factors or more.
  if (one.length > other.length) return false;
  const left = without(other, one);
  if (left?.every((factor) => DIMENSIONS[factor].canBeNone !== true) === true) return true;
  return one.some((factor, index) =>
    DIMENSIONS[factor].within.some((larger) =>
      isWithin(one.toSpliced(index, 1, ...(larger as readonly Dimension[])), other),
    ),
  );
};

const found: boolean[][] = [];

/**
 * Whether elements that grow as `one` does are never more than those that grow as `other` does, for any batch and
 * length from 1 up.
 */
export const isNeverMore = (one: number, other: number): boolean => {
  const row = (found[one] ??= []);
  return (row[other] ??= isWithin(growthNamed(one).factors, growthNamed(other).factors));
};

/** Where chunks are most, and where they are fewest. */
const MOST = extentOf({ b: 4096, s: 1024, chunk: 4096 * 1024, chunkSize: 1 });
const FEWEST = extentOf({ b: 4096, s: 1024, chunk: 1, chunkSize: 1024 });

const byValue =
  (extent: Extent) =>
  (one: number, other: number): number =>
    growthAt(one, extent) - growthAt(other, extent) || growthNamed(one).order - growthNamed(other).order;

/**
 * A growth, and those that are never less: what one maximum has more of it can be made good by what another has more of
 * these.
 */
type MadeGood = Readonly<{ growth: number; larger: readonly number[] }>;

let known: readonly MadeGood[] = [];

/**
 * For every growth that there is so far, those that are never less. What may grow fastest comes first, as fewest make
 * it good; of what makes it good the slowest comes first, as that makes good fewest others. The order does not depend
 * on which growth was met when.
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
