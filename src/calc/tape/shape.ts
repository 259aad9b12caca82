import { assert } from "#calc/assert.ts";

/**
 * One dimension: a number, the micro batch, the sequence, the sequence and one (labels, padded before they are shifted), two or three (convolved
 * with padding on both sides), or the tokens of one chunk of a loss that never has all logits at once.
 */
export type Dim = number | "b" | "s" | "s+1" | "s+2" | "s+3" | "chunk";

/** How elements grow: `factor` times one of these monomials of micro batch b and sequence s. */
export const GROWTHS = [
  "1",
  "s",
  "s*s",
  "b",
  "b*s",
  "b*s*s",
  "b*(s+1)",
  "b*s*(s+1)",
  "chunk",
  "b*(s+2)",
  "b*(s+3)",
] as const;

/** Growths of what a chunk of tokens decides, and of what a convolution gives. */
const OTHER_GROWTHS = { chunk: 8, "s+2": 9, "s+3": 10 } as const;

/** The monomials of `GROWTHS` at a point. */
export const monomialsAt = (b: number, s: number, chunk: number): readonly number[] => [
  1,
  s,
  s * s,
  b,
  b * s,
  b * s * s,
  b * (s + 1),
  b * s * (s + 1),
  chunk,
  b * (s + 2),
  b * (s + 3),
];

/** Dimensions and their product. `sizes` caches the identity of the size in bytes, by bytes of an element, for the one tape that uses the shape. */
export type Shape = {
  readonly dims: readonly Dim[];
  readonly growth: number;
  readonly factor: number;
  readonly sizes: (number | undefined)[];
  resized: Shape | null;
};

const make = (dims: readonly Dim[], growth: number, factor: number): Shape => ({
  dims,
  growth,
  factor,
  sizes: [undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined],
  resized: null,
});

/** The shape with these dimensions. Throws on more than one `b` or two `s`, which no tensor of a language model has. */
export const shapeOf = (...dims: readonly Dim[]): Shape => {
  let batches = 0;
  let sequences = 0;
  let factor = 1;
  let longer = false;
  let other: number | null = null;
  for (const dim of dims) {
    if (dim === "b") batches++;
    else if (dim === "s") sequences++;
    else if (dim === "s+1") longer = true;
    else if (typeof dim === "number") factor *= dim;
    else other = OTHER_GROWTHS[dim];
  }
  assert(batches <= 1 && sequences <= 2, "a tensor has one batch and at most two sequence dimensions");
  if (other !== null) return make(dims, other, factor);
  if (longer) return make(dims, 6 + sequences, factor);
  return make(dims, batches * 3 + sequences, factor);
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
  one.growth % 3 === other.growth % 3 && one.factor === other.factor;
