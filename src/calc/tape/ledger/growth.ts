// Growth of a size with batch and length: products of dimensions, their values and comparisons.

import { allocated } from "#calc/base/bytes.ts";
import { type Dim, DIMENSION_NAMES, DIMENSIONS, type Dimension, dimensionsIn, quantityOf, ROWS } from "./dimension.ts";
import { type Extent, extentOf } from "./extent.ts";

/**
 * How the elements of a tensor grow with batch and length: a product of dimensions. [b, 32, s, s] grows as b·s·s. A square is a factor that
 * stands twice. Every growth has a number, by which tensors and sizes refer to it.
 */
export type Growth = Readonly<{
  /** b first, the others in the order of the table. */
  factors: readonly Dimension[];
  /** For evaluation: the number of the product without its last factor; that factor is extent[`quantity`] + `more`. */
  shorter: number;
  quantity: number;
  more: number;
  name: string;
  /** The name without b: two growths with one such name are equal in a batch of one row. */
  inOneRow: string;
  /**
   * A sort key: by the power of the last dimension of the table, then of the last but one, and so on. Unlike the number, it does not depend
   * on which growth was met first.
   */
  order: number;
  /** What counts tensors that are rounded up one by one; null: there is one tensor. */
  alone: Dimension | null;
}>;

/** The number of the empty product, 1: the size depends on neither batch nor sequence. */
export const CONSTANT = 0;

/** More growths than all tensors have. Their numbers are below it, so one can be packed into a key with something else. */
export const MOST_GROWTHS = 256;

/** How many powers of a dimension there are: 0, 1 and 2. */
const POWERS = 3;

const rowOf = (dimension: Dimension): number => DIMENSION_NAMES.indexOf(dimension);

const nameOf = (factors: readonly Dimension[]): string =>
  factors.map((factor) => (/\W/.test(factor) ? `(${factor})` : factor)).join("*") || "1";

const growthOf = (factors: readonly Dimension[], last: Pick<Growth, "shorter" | "quantity" | "more">): Growth => ({
  ...last,
  factors,
  name: nameOf(factors),
  inOneRow: nameOf(factors.filter((factor) => factor !== ROWS)),
  order: factors.reduce((order, factor) => order + POWERS ** rowOf(factor), 0),
  alone: factors.find((factor) => DIMENSIONS[factor].alone === true) ?? null,
});

/** Every growth that was met so far; its index is its number. */
const met: Growth[] = [growthOf([], { shorter: 0, quantity: 0, more: 0 })];

/** Answers of `grown`: for each growth, the numbers of its products by the name of the other factor. */
const times: Map<string, number>[] = [new Map()];

const inOrder = (factors: readonly Dimension[]): readonly Dimension[] =>
  factors.toSorted((one, other) => Number(other === ROWS) - Number(one === ROWS) || rowOf(one) - rowOf(other));

/** Throws with the product's name where it has a dimension more often than any tensor does. */
const refuseUnknown = (factors: readonly Dimension[]): void => {
  for (const factor of factors) {
    const power = factors.filter((each) => each === factor).length;
    if (power > (DIMENSIONS[factor].pairs === true ? 2 : 1)) throw new Error(`${nameOf(factors)}: no tensor grows so`);
  }
};

/**
 * The number of the product of sorted factors; a new product gets the next number. The product without the last factor gets its number
 * before, so `growthsAt` can go up the numbers.
 */
const numberOf = (factors: readonly Dimension[]): number => {
  const name = nameOf(factors);
  const known = met.findIndex((growth) => growth.name === name);
  const last = factors.at(-1);
  if (known >= 0 || last === undefined) return known;
  refuseUnknown(factors);
  const shorter = numberOf(factors.slice(0, -1));
  if (met.length === MOST_GROWTHS) throw new Error(`${name}: one product too many`);
  times.push(new Map());
  return met.push(growthOf(factors, { shorter, quantity: quantityOf(last), more: DIMENSIONS[last].more })) - 1;
};

/** The growth times one more dimension of a tensor: b·s times s is b·s·s. */
export const growthTimes = (growth: number, dim: Exclude<Dim, number>): number => {
  const known = (times[growth] as Map<string, number>).get(dim);
  if (known !== undefined) return known;
  const product = numberOf(inOrder([...(met[growth] as Growth).factors, ...dimensionsIn(dim)]));
  (times[growth] as Map<string, number>).set(dim, product);
  return product;
};

/** How many growths there are so far: their numbers are below it. */
export const growthCount = (): number => met.length;

/** The growth that has this number. */
export const growthOfNumber = (growth: number): Growth => met[growth] as Growth;

const products = new Float64Array(MOST_GROWTHS);

/** The value of every growth at an extent, by its number. All calls fill one array: a result lasts until the next call. */
export const growthsAt = (extent: Extent): Readonly<Float64Array> => {
  products[CONSTANT] = 1;
  for (let growth = 1; growth < met.length; growth++) {
    const { shorter, quantity, more } = met[growth] as Growth;
    products[growth] = (products[shorter] as number) * Math.max(0, (extent[quantity] as number) + more);
  }
  return products;
};

/** The value of one growth at an extent. */
export const growthAt = (growth: number, extent: Extent): number => {
  if (growth === CONSTANT) return 1;
  const { shorter, quantity, more } = met[growth] as Growth;
  return growthAt(shorter, extent) * Math.max(0, (extent[quantity] as number) + more);
};

/** Bytes that the allocator takes for so many of a growth: of tensors that count one by one, each is rounded up. */
export const allocatedAt = (growth: number, bytes: number, extent: Extent): number => {
  const { alone } = met[growth] as Growth;
  if (alone === null) return allocated(bytes);
  const tensors = Math.max(0, (extent[quantityOf(alone)] as number) + DIMENSIONS[alone].more);
  return tensors === 0 ? 0 : tensors * allocated(bytes / tensors);
};

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
  return (row[other] ??= isWithin(growthOfNumber(one).factors, growthOfNumber(other).factors));
};

/** Extents to sort growths at: where chunks of a scan and of a loss are most, and where they are fewest. */
const MOST = extentOf({ b: 4096, s: 1024, chunk: 4096 * 1024, chunkSize: 1 });
const FEWEST = extentOf({ b: 4096, s: 1024, chunk: 1, chunkSize: 1024 });

const byValue =
  (extent: Extent) =>
  (one: number, other: number): number =>
    growthAt(one, extent) - growthAt(other, extent) || growthOfNumber(one).order - growthOfNumber(other).order;

/** A growth, and all growths that are never less. What one maximum has more of it can be made good by what the other has more of these. */
type MadeGood = Readonly<{ growth: number; larger: readonly number[] }>;

let known: readonly MadeGood[] = [];

/**
 * For every growth so far, the growths that are never less. Growths are made good in this order, fastest first: fewest others can make
 * those good. Each takes from the slowest that will do, because that can make good fewest others. The order does not depend on which growth
 * was met first.
 */
export const compensatingGrowths = (): readonly MadeGood[] => {
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
