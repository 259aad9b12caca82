import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import { type AllocatedTermId, ALLOCATED_TERM_IDS } from "#calc/model/term.ts";
import { type Extent, extentOf } from "./dimension.ts";
import { CONSTANT, growthAt, MOST_GROWTHS } from "./growth.ts";
import type { Shape } from "./shape.ts";

/** For each term, the entry of the table that counts blocks of what depends on neither batch nor sequence. */
const constantSize = (term: AllocatedTermId): number => ALLOCATED_TERM_IDS.indexOf(term);
/** The entry that counts blocks of parameters' gradients once they have arrived. */
export const GRADIENT_SIZE = ALLOCATED_TERM_IDS.length;

/** How many storages of each size; those at the end that are none may be missing. */
export type Counts = readonly number[];

/** Bytes at `SAMPLE_POINTS`; last, what they would be if nothing grew: by `isCovered`'s way of comparing, whatever is more there stays more. */
export type Samples = [number, number, number, number];

/** The sizes that tensors of a run have: of each, what it counts in, what it grows by, and bytes of one unit of that. */
export type SizeTable = Readonly<{
  terms: readonly AllocatedTermId[];
  growths: readonly number[];
  factors: readonly number[];
  /** Positions of one chunk of a scan. */
  chunkSize: number;
}>;

/** The table of a run that goes on. */
export type GrowingTable = Readonly<{
  terms: AllocatedTermId[];
  growths: number[];
  factors: number[];
  chunkSize: number;
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

/** @param gradientShare which share of a parameter's gradient stays on the GPU, in the type that it is kept in: 1 unless they are sharded or cast. */
export const createTable = (gradientShare: number, chunkSize: number): GrowingTable => {
  const terms: AllocatedTermId[] = [...ALLOCATED_TERM_IDS, "gradients"];
  const factors = terms.map((_, size) => (size === GRADIENT_SIZE ? gradientShare : 1) * BLOCK_BYTES);
  const points = samplePoints(chunkSize);
  return {
    terms,
    growths: factors.map(() => CONSTANT),
    factors,
    chunkSize,
    sizeIds: new Map(),
    samplePoints: points,
    sampleBytes: factors.map((factor) => sampled(points, CONSTANT, factor)),
  };
};

/** What a size is of. */
type Sized = Readonly<{ shape: Shape; term: AllocatedTermId }>;

/** The entry of the table for tensors of a shape, with so many bytes an element, in a term. */
export const sizeOf = (table: GrowingTable, { shape, term }: Sized, bytes: number): number => {
  if (shape.growth === CONSTANT) return constantSize(term);
  const known = bytes === 2 ? shape.sizeOf2 : shape.sizeOf4;
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
    table.sampleBytes.push(sampled(table.samplePoints, shape.growth, factor));
  }
  if (bytes === 2) shape.sizeOf2 = id;
  else shape.sizeOf4 = id;
  return id;
};
