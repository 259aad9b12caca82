/**
 * One dimension: a number, the micro batch, the sequence, the sequence and one (labels, padded before they are shifted), two or three (convolved
 * with padding on both sides), the chunks that a scan cuts the sequence into, one more or less, or pairs of one more, or the tokens of one chunk of a loss that
 * never has all logits at once, or so many copies as the sequence has chunks, whatever the batch.
 */
export type Dim =
  | number
  | "b"
  | "s"
  | "s+1"
  | "s+2"
  | "s+3"
  | "c"
  | "c+1"
  | "c-1"
  | "c-3"
  | "(c+1)^2"
  | "chunk"
  | "chunks";

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
  "b*c",
  "b*(c+1)",
  "b*(c+1)^2",
  "b*(c-1)",
  "b*(c-3)",
  "chunks",
] as const;

/** What each dimension adds to the place of a growth among `GROWTHS`. */
const GROWTH_OF = {
  b: 3,
  s: 1,
  "s+1": 3,
  "s+2": 6,
  "s+3": 7,
  c: 8,
  "c+1": 9,
  "(c+1)^2": 10,
  "c-1": 11,
  "c-3": 12,
  chunk: 8,
  chunks: 16,
} as const;

/** The monomials of `GROWTHS` at a point: tokens of a loss's chunk, positions of one chunk of a scan. */
export const monomialsAt = (b: number, s: number, [chunk, chunkSize]: readonly [number, number]): readonly number[] => {
  const more = Math.ceil(s / chunkSize) + 1;
  return [
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
    b * (more - 1),
    b * more,
    b * more * more,
    b * (more - 2),
    b * Math.max(0, more - 4),
    more - 1,
  ];
};

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

/** The shape with these dimensions. */
export const shapeOf = (...dims: readonly Dim[]): Shape => {
  let growth = 0;
  let factor = 1;
  for (const dim of dims) {
    if (typeof dim === "number") factor *= dim;
    else growth += GROWTH_OF[dim];
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

/** A growth without the micro batch, as far as it has a factor of s: what grows with s + 1 and the like is never without. */
const inOneRow = (growth: number): number => (growth < 6 ? growth % 3 : growth);

/** Whether both hold as many elements in a batch of one row: [b, s, h] and [1, s, h]. */
export const sameInOneRow = (one: Shape, other: Shape): boolean =>
  inOneRow(one.growth) === inOneRow(other.growth) && one.factor === other.factor;
