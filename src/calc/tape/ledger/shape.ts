import type { Dim } from "./dimension.ts";
import { CONSTANT, grown, growthNamed } from "./growth.ts";

/**
 * The shape of a tensor, and how many elements it has: `factor` times the value of `growth`.
 *
 *     [b, s, 32, 128]   growth b·s              factor 32·128 = 4,096
 *     [b, 32, s, s]     growth b·s·s            factor 32
 *     [4096, 11008]     growth 1 (`CONSTANT`)   factor 45,088,768, whatever batch and sequence
 */
export type Shape = {
  readonly dims: readonly Dim[];
  /** The product of the dimensions that have a name, as a number. @see Growth */
  readonly growth: number;
  /** The product of the dimensions that are numbers. */
  readonly factor: number;
  /**
   * A cache: the last answer of `sizeOf` for this shape with 2 bytes an element. It is an index of the table of sizes, or −1 before the
   * first answer. One tape uses the shape, so one table does.
   */
  sizeFor2Bytes: number;
  /** A cache: the same for other bytes an element, mostly 4. */
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

/** The shape with these dimensions: `shapeOf("b", "s", 4096)`. Throws with the name of a dimension that nobody knows. */
export const shapeOf = (...dims: readonly Dim[]): Shape => {
  let growth = CONSTANT;
  let factor = 1;
  for (const dim of dims) {
    if (typeof dim === "number") factor *= dim;
    else growth = grown(growth, dim);
  }
  return make(dims, growth, factor);
};

/** The last dimension. */
export const lastDim = (shape: Shape): Dim => shape.dims[shape.dims.length - 1] ?? 1;

/** The shape with another last dimension: [b, s, h] → [b, s, 1], as a reduction with `keepdim` leaves it. */
export const withLast = (shape: Shape, last: Dim): Shape => {
  if (lastDim(shape) === last) return shape;
  const known = shape.withOtherLast;
  if (known !== null && lastDim(known) === last) return known;
  const dims = shape.dims.slice(0, -1);
  dims.push(last);
  shape.withOtherLast = shapeOf(...dims);
  return shape.withOtherLast;
};

/** Whether both hold as many elements. */
export const sameElements = (one: Shape, other: Shape): boolean =>
  one.growth === other.growth && one.factor === other.factor;

/** Whether both hold as many elements in a batch of one row: [b, s, h] and [1, s, h]. */
export const sameInOneRow = (one: Shape, other: Shape): boolean =>
  growthNamed(one.growth).inOneRow === growthNamed(other.growth).inOneRow && one.factor === other.factor;
