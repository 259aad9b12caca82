import {
  type Dim,
  DIMENSION_NAMES,
  DIMENSIONS,
  type Dimension,
  dimensionsIn,
  type Extent,
  quantityOf,
  ROWS,
} from "./dimension.ts";

/** How elements of a tensor grow: a product of powers of dimensions, each factor as often as its power says. */
export type Growth = Readonly<{
  /** Rows of the batch first, the others in the table's order. */
  factors: readonly Dimension[];
  /**
   * The product without its last factor, and of that the index of what it counts in an extent, and how many more it is.
   */
  shorter: number;
  quantity: number;
  more: number;
  name: string;
  /** The name of what is left in a batch of one row. */
  inOneRow: string;
  /**
   * Products in the order of the last dimension's power, then of the last but one's. Whatever was met first, it is the
   * same.
   */
  order: number;
}>;

/** Growths are told by small numbers. This one does not grow. */
export const CONSTANT = 0;

/** More products than tensors have, so that a number can be put together of one and something else. */
export const MOST_GROWTHS = 256;

/** How many powers a dimension has: none, one and two. */
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
});

/** Every product that a tensor has had, each by its number. */
const met: Growth[] = [growthOf([], { shorter: 0, quantity: 0, more: 0 })];

/** For each product, the number of it times a dimension, by the dimension's name. */
const times: Map<string, number>[] = [new Map()];

const inOrder = (factors: readonly Dimension[]): readonly Dimension[] =>
  factors.toSorted((one, other) => Number(other === ROWS) - Number(one === ROWS) || rowOf(one) - rowOf(other));

/** Throws with the product's name where it has a dimension more often than any tensor does. */
const refuseUnknown = (factors: readonly Dimension[]): void => {
  for (const factor of factors) {
    const power = factors.filter((each) => each === factor).length;
    if (power > (DIMENSIONS[factor].pair === undefined ? 1 : 2))
      throw new Error(`${nameOf(factors)}: no tensor grows so`);
  }
};

/** The number of a product in order; those that it is made of have smaller ones. */
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

/** The growth with one dimension of a tensor more. */
export const grown = (growth: number, dim: Exclude<Dim, number>): number => {
  const known = (times[growth] as Map<string, number>).get(dim);
  if (known !== undefined) return known;
  const product = numberOf(inOrder([...(met[growth] as Growth).factors, ...dimensionsIn(dim)]));
  (times[growth] as Map<string, number>).set(dim, product);
  return product;
};

/** How many products there are so far: the numbers below it are theirs. */
export const growthCount = (): number => met.length;

/** The product of that number. */
export const growthNamed = (growth: number): Growth => met[growth] as Growth;

const products = new Float64Array(MOST_GROWTHS);

/** What elements of every growth are multiplied by at an extent; filled anew at every question. */
export const growthsAt = (extent: Extent): Readonly<Float64Array> => {
  products[CONSTANT] = 1;
  for (let growth = 1; growth < met.length; growth++) {
    const { shorter, quantity, more } = met[growth] as Growth;
    products[growth] = (products[shorter] as number) * Math.max(0, (extent[quantity] as number) + more);
  }
  return products;
};

/** The same of one growth. */
export const growthAt = (growth: number, extent: Extent): number => {
  if (growth === CONSTANT) return 1;
  const { shorter, quantity, more } = met[growth] as Growth;
  return growthAt(shorter, extent) * Math.max(0, (extent[quantity] as number) + more);
};
