// Shapes of tensors: their dimensions, growth and factor, and how two shapes compare.

import { type Dim, mismatchedDims } from "./dimension.ts";
import { CONSTANT, growthTimes, growthOfNumber } from "./growth.ts";

/**
 * The shape of a tensor. Its number of elements is `factor` times the product that `growth` identifies.
 *
 *     [b, s, 32, 128]   growth b·s              factor 32·128 = 4,096
 *     [b, 32, s, s]     growth b·s·s            factor 32
 *     [4096, 11008]     growth `CONSTANT` (1)   factor 45,088,768, for every batch and sequence
 */
export type Shape = {
  readonly dims: readonly Dim[];
  /** The number that identifies the product of the named dimensions, not its value. @see Growth */
  readonly growth: number;
  /** The product of the numeric dimensions, in elements. */
  readonly factor: number;
  /**
   * A cache: the last answer of `sizeOf` for this shape with 2 bytes an element, whatever its term. It is an index of the table of sizes; −1 while there is
   * none, and always for a shape without named dimensions. A shape belongs to one tape, whose ledgers (card and host) share one table.
   */
  sizeFor2Bytes: number;
  /** The same for all other element sizes: mostly 4, also 1 and 8. */
  sizeForOtherBytes: number;
  /** A cache: the last answer of `withLast` for this shape. */
  withOtherLast: Shape | null;
};

const make = (dims: readonly Dim[], growth: number, factor: number): Shape => ({
  dims,
  growth,
  factor,
  sizeFor2Bytes: -1,
  sizeForOtherBytes: -1,
  withOtherLast: null,
});

/** The shape with these dimensions: `shapeOf("b", "s", 4096)`. Throws where a name is unknown, or no tensor has such a product. */
export const shapeOf = (...dims: readonly Dim[]): Shape => {
  let growth = CONSTANT;
  let factor = 1;
  for (const dim of dims) {
    if (typeof dim === "number") factor *= dim;
    else growth = growthTimes(growth, dim);
  }
  return make(dims, growth, factor);
};

/** The shape of a single number. */
export const ONE = shapeOf(1);

/** The shape as the batch of mismatched completions has it. @see mismatchedDims */
export const mismatchedShape = (shape: Shape): Shape =>
  shape.growth === CONSTANT ? shape : shapeOf(...shape.dims.flatMap(mismatchedDims));

/** The last dimension; 1 of a shape without dimensions. */
export const lastDim = (shape: Shape): Dim => shape.dims[shape.dims.length - 1] ?? 1;

/** The shape with its last dimension replaced: [b, s, h] → [b, s, 1] by a reduction with `keepdim`. */
export const withLast = (shape: Shape, last: Dim): Shape => {
  if (lastDim(shape) === last) return shape;
  const known = shape.withOtherLast;
  if (known !== null && lastDim(known) === last) return known;
  const dims = shape.dims.slice(0, -1);
  dims.push(last);
  shape.withOtherLast = shapeOf(...dims);
  return shape.withOtherLast;
};

/** Whether both have the same number of elements for every batch and sequence. */
export const sameElements = (one: Shape, other: Shape): boolean =>
  one.growth === other.growth && one.factor === other.factor;

/** Whether both hold as many elements in a batch of one row: [b, s, h] and [1, s, h]. */
export const sameInOneRow = (one: Shape, other: Shape): boolean =>
  growthOfNumber(one.growth).inOneRow === growthOfNumber(other.growth).inOneRow && one.factor === other.factor;
