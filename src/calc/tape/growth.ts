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
  /** For each factor, the place of what it counts in an extent, and how many more it is. */
  quantities: readonly number[];
  more: readonly number[];
  name: string;
  /** The name of what is left in a batch of one row. */
  inOneRow: string;
  /** Products in the order of the last dimension's power, then of the last but one's. Whatever was met first, it is the same. */
  place: number;
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

const growthOf = (factors: readonly Dimension[]): Growth => ({
  factors,
  quantities: factors.map(quantityOf),
  more: factors.map((factor) => DIMENSIONS[factor].more),
  name: nameOf(factors),
  inOneRow: nameOf(factors.filter((factor) => factor !== ROWS)),
  place: factors.reduce((place, factor) => place + POWERS ** rowOf(factor), 0),
});

/** Every product that a tensor has had, each by its number. */
const met: Growth[] = [growthOf([])];

/** For each product, the number of it times a dimension, by the dimension's name. */
const times: Map<string, number>[] = [new Map()];

const inOrder = (factors: readonly Dimension[]): readonly Dimension[] =>
  factors.toSorted((one, other) => Number(other === ROWS) - Number(one === ROWS) || rowOf(one) - rowOf(other));

/** Throws with the product's name where it has a dimension more often than any tensor does. */
const refuseUnknown = ({ factors, name }: Growth): void => {
  for (const factor of factors) {
    const power = factors.filter((each) => each === factor).length;
    if (power > (DIMENSIONS[factor].pair === undefined ? 1 : 2)) throw new Error(`${name}: no tensor grows so`);
  }
};

const numberOf = (factors: readonly Dimension[]): number => {
  const growth = growthOf(inOrder(factors));
  const known = met.findIndex(({ name }) => name === growth.name);
  if (known >= 0) return known;
  refuseUnknown(growth);
  if (met.length === MOST_GROWTHS) throw new Error(`${growth.name}: one product too many`);
  times.push(new Map());
  return met.push(growth) - 1;
};

/** The growth with one dimension of a tensor more. */
export const grown = (growth: number, dim: Exclude<Dim, number>): number => {
  const known = (times[growth] as Map<string, number>).get(dim);
  if (known !== undefined) return known;
  const product = numberOf([...(met[growth] as Growth).factors, ...dimensionsIn(dim)]);
  (times[growth] as Map<string, number>).set(dim, product);
  return product;
};

/** How many products there are so far: the numbers below it are theirs. */
export const growthCount = (): number => met.length;

/** The product of that number. */
export const growthNamed = (growth: number): Growth => met[growth] as Growth;

/** What such elements are multiplied by, at an extent. */
export const growthAt = (growth: number, extent: Extent): number => {
  const { quantities, more } = met[growth] as Growth;
  let product = 1;
  for (let factor = 0; factor < more.length; factor++)
    product *= Math.max(0, (extent[quantities[factor] as number] as number) + (more[factor] as number));
  return product;
};
