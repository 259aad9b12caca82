import type { Dim } from "./dimension.ts";
import { CONSTANT, grown, growthNamed } from "./growth.ts";

/** Dimensions and their product. `sizeOf2`, `sizeOf4`: for the one tape that uses the shape, the size that it last had with 2 bytes an element, and with others (mostly 4); −1: none. */
export type Shape = {
  readonly dims: readonly Dim[];
  readonly growth: number;
  readonly factor: number;
  sizeOf2: number;
  sizeOf4: number;
  resized: Shape | null;
};

const make = (dims: readonly Dim[], growth: number, factor: number): Shape => ({
  dims,
  growth,
  factor,
  sizeOf2: -1,
  sizeOf4: -1,
  resized: null,
});

/** The shape with these dimensions; throws with the name of one that nobody knows. */
export const shapeOf = (...dims: readonly Dim[]): Shape => {
  let growth = CONSTANT;
  let factor = 1;
  for (const dim of dims) {
    if (typeof dim === "number") factor *= dim;
    else growth = grown(growth, dim);
  }
  return make(dims, growth, factor);
};

/** Last dimension of the shape. */
export const lastDim = (shape: Shape): Dim => shape.dims[shape.dims.length - 1] ?? 1;

/** The same shape with another last dimension; `1` is what `keepdim` leaves of a reduction. */
export const withLast = (shape: Shape, last: Dim): Shape => {
  if (lastDim(shape) === last) return shape;
  const known = shape.resized;
  if (known !== null && lastDim(known) === last) return known;
  const dims = shape.dims.slice(0, -1);
  dims.push(last);
  shape.resized = shapeOf(...dims);
  return shape.resized;
};

/** Whether both hold as many elements. */
export const sameElements = (one: Shape, other: Shape): boolean =>
  one.growth === other.growth && one.factor === other.factor;

/** Whether both hold as many elements in a batch of one row: [b, s, h] and [1, s, h]. */
export const sameInOneRow = (one: Shape, other: Shape): boolean =>
  growthNamed(one.growth).inOneRow === growthNamed(other.growth).inOneRow && one.factor === other.factor;
