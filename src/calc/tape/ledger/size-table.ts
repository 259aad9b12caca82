// Table of the sizes that tensors of a run have, their sample bytes, and the unit of a size.

import { BLOCK_BYTES } from "#calc/base/bytes.ts";
import { type AllocatedTermId, ALLOCATED_TERM_IDS } from "#calc/model/terms.ts";
import { type Extent, extentOf } from "./extent.ts";
import { CONSTANT, growthAt, MOST_GROWTHS, growthOfNumber } from "./growth.ts";
import type { Shape } from "./shape.ts";

/** The first entries of the table, one for each term: they count blocks of storages that depend on neither batch nor sequence. */
const constantSize = (term: AllocatedTermId): number => ALLOCATED_TERM_IDS.indexOf(term);
/** The entry that counts blocks of parameters' gradients once they have arrived. */
export const GRADIENT_SIZE = ALLOCATED_TERM_IDS.length;

/** How many storages of each size (blocks, for sizes that are counted in blocks). Zeros at the end may be missing. */
export type Counts = readonly number[];

/**
 * Bytes at `SAMPLE_POINTS`, and last the sum of all factors, as if every growth were 1. `isCovered` makes up for what is lacking of one
 * growth with the same amount of larger ones, so it never covers a larger sum with a smaller one.
 */
export type Samples = [number, number, number, number];

/**
 * The sizes that tensors of a run have. Each index is one size: its term, the number of its growth, and its factor, the bytes of one unit of that growth.
 * [b, s, 4096] in bf16 has growth b·s and factor 8192. `elementBytes`: those of its tensors' elements, 1, 2, 4 and 8 as bits: 2 and 4 where another tensor is
 * [b, s, 2048] in fp32.
 */
export type SizeTable = Readonly<{
  terms: readonly AllocatedTermId[];
  growths: readonly number[];
  factors: readonly number[];
  elementBytes: readonly number[];
  /** Positions of one chunk of a scan. */
  chunkSize: number;
  /** Positions that the model has before those of a row's tokens; absent: none. */
  virtualTokens?: number;
}>;

/** The table of a run that goes on: new sizes are added at the end. */
export type GrowingTable = Readonly<{
  terms: AllocatedTermId[];
  growths: number[];
  factors: number[];
  elementBytes: number[];
  chunkSize: number;
  virtualTokens: number;
  sizeIds: Map<number, number>;
  samplePoints: readonly [short: Extent, long: Extent, many: Extent];
  /** Bytes of each size at the sample points, not rounded. */
  sampleBytes: Samples[];
}>;

/** A short batch, a long row, many rows. */
const SAMPLE_POINTS = [
  { b: 1, s: 64 },
  { b: 1, s: 131_072 },
  { b: 64, s: 2048 },
] as const;

const samplePoints = (chunkSize: number): GrowingTable["samplePoints"] => {
  const [short, long, many] = SAMPLE_POINTS;
  const extentAt = ({ b, s }: (typeof SAMPLE_POINTS)[number]): Extent => extentOf({ b, s, chunk: b * s, chunkSize });
  return [extentAt(short), extentAt(long), extentAt(many)];
};

const sampled = ([short, long, many]: GrowingTable["samplePoints"], growth: number, factor: number): Samples => [
  factor * growthAt(growth, short),
  factor * growthAt(growth, long),
  factor * growthAt(growth, many),
  factor,
];

/**
 * The table of a run that begins.
 *
 * @param gradientShare bytes that stay of a parameter's gradient, over those it has on the tape: 1 unless it is sharded, or kept in another
 * dtype.
 */
export const createTable = (gradientShare: number, chunkSize: number, virtualTokens = 0): GrowingTable => {
  const terms: AllocatedTermId[] = [...ALLOCATED_TERM_IDS, "gradients"];
  const factors = terms.map((_, size) => (size === GRADIENT_SIZE ? gradientShare : 1) * BLOCK_BYTES);
  const points = samplePoints(chunkSize);
  return {
    terms,
    growths: factors.map(() => CONSTANT),
    factors,
    elementBytes: factors.map(() => 1),
    chunkSize,
    virtualTokens,
    sizeIds: new Map(),
    samplePoints: points,
    sampleBytes: factors.map((factor) => sampled(points, CONSTANT, factor)),
  };
};

/** The shape and the term that a size is made of. */
type Sized = Readonly<{ shape: Shape; term: AllocatedTermId }>;

/**
 * The table's entry for tensors of a shape in a term, with `bytes` bytes an element. A new size is added. The shape remembers the answer,
 * because the tape asks at every allocation.
 */
export const sizeOf = (table: GrowingTable, { shape, term }: Sized, bytes: number): number => {
  if (shape.growth === CONSTANT) return constantSize(term);
  const known = bytes === 2 ? shape.sizeFor2Bytes : shape.sizeForOtherBytes;
  if (known >= 0 && table.terms[known] === term && table.factors[known] === shape.factor * bytes) return known;
  const factor = shape.factor * bytes;
  const key = (factor * ALLOCATED_TERM_IDS.length + constantSize(term)) * MOST_GROWTHS + shape.growth;
  let id = table.sizeIds.get(key);
  if (id === undefined) {
    id = table.factors.length;
    table.sizeIds.set(key, id);
    table.terms.push(term);
    table.growths.push(shape.growth);
    table.factors.push(factor);
    table.elementBytes.push(0);
    table.sampleBytes.push(sampled(table.samplePoints, shape.growth, factor));
  }
  table.elementBytes[id] = (table.elementBytes[id] as number) | bytes;
  if (bytes === 2) shape.sizeFor2Bytes = id;
  else shape.sizeForOtherBytes = id;
  return id;
};

/** The unit of tensors that depend on neither batch nor sequence. */
export const FIXED = "fixed";

/** Bytes of an element of a size; the fewest where its tensors have elements of several types. */
const bytesOfOne = (types: number): number => types & -types;

/** How many elements tensors of a size have in one unit of their growth: [b, s, 32, 128] has 4,096. */
export const widthOf = ({ factors, elementBytes }: SizeTable, size: number): number =>
  (factors[size] as number) / bytesOfOne(elementBytes[size] as number);

/** The bytes that one tensor of a size adds to each element of its unit: 2 for bf16. */
export const bytesPerElement = (table: SizeTable, size: number): number =>
  (table.factors[size] as number) / widthOf(table, size);

/** What the number of a tensor's elements is a multiple of, in words: `b*s × 4096`. Tensors of one unit differ in nothing but the bytes of an element. */
export const unitOf = (table: SizeTable, size: number): string => {
  const growth = table.growths[size] as number;
  return growth === CONSTANT || size === GRADIENT_SIZE
    ? FIXED
    : `${growthOfNumber(growth).name} × ${widthOf(table, size)}`;
};
