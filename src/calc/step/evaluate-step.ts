import { allocated } from "#calc/base/allocation.ts";
import { extentOf } from "#calc/tape/dimension.ts";
import { growthsAt } from "#calc/tape/growth.ts";
import { GRADIENT_SIZE, type SizeTable } from "#calc/tape/size-table.ts";
import type { CompiledStep, Stretch } from "./compiled-step.ts";
import type { RecordedMoment, RecordedSegment, SparseCounts } from "./recording.ts";

/** Batch and length that a compiled step is asked for. */
export type Point = Readonly<{ micro_batch_size: number; sequence_length: number }>;

/** Bytes of each size of the ledger's table at a point, rounded as the allocator does. */
export const sizesAt = (
  { growths, factors, chunkSize }: SizeTable,
  point: Point,
  chunkTokens: CompiledStep["chunkTokens"] = (tokens) => tokens,
): Float64Array => {
  const { micro_batch_size: b, sequence_length: s } = point;
  const extent = extentOf({ b, s, chunk: chunkTokens(b * s, b), chunkSize });
  const products = growthsAt(extent);
  const sizes = new Float64Array(factors.length);
  for (let id = 0; id < sizes.length; id++)
    sizes[id] = allocated((factors[id] ?? 0) * (products[growths[id] ?? 0] ?? 0));
  // What is left of a sharded gradient need not be whole blocks.
  sizes[GRADIENT_SIZE] = factors[GRADIENT_SIZE] ?? 0;
  return sizes;
};

const dot = (counts: SparseCounts, sizes: Float64Array): number => {
  let total = 0;
  for (let place = 0; place < counts.length; place += 2)
    total += (counts[place + 1] as number) * (sizes[counts[place] as number] as number);
  return total;
};

/** A point of a run: after some stretches in full, and at a moment in the next, after some of its layers. `within` null: at the end of the last. */
export type Place = Readonly<{
  stretch: number;
  within: Readonly<{ segment: RecordedSegment; layers: number; moment: RecordedMoment }> | null;
}>;

/** Forward or backward of a micro step: bytes at its end, and the highest, with the places of both. */
export type RunMoment = Readonly<{
  id: "forward" | "backward";
  microStep: number;
  liveBytes: number;
  peakBytes: number;
  live: Place;
  peak: Place;
}>;

/** A run at a point: what is there once model and batch are loaded, and its moments in order. Optimizer states are not in it. */
export type EvaluatedStep = Readonly<{ loadedBytes: number; batchBytes: number; moments: readonly RunMoment[] }>;

/** What a segment adds at a point: at its end, and at its highest moment. */
type Weighed = Readonly<{ delta: number; top: number; highest: RecordedMoment | null }>;

/** Weighs a segment with the bytes of each size; `top` is −∞ where it allocates nothing. */
export const weigh = ({ delta, moments }: RecordedSegment, sizes: Float64Array): Weighed => {
  let top = Number.NEGATIVE_INFINITY;
  let highest: RecordedMoment | null = null;
  for (const moment of moments) {
    const bytes = dot(moment.counts, sizes);
    if (bytes <= top) continue;
    top = bytes;
    highest = moment;
  }
  return { delta: dot(delta, sizes), top, highest };
};

type Walk = {
  readonly sizes: Float64Array;
  /** Of each segment that was met. */
  readonly weighed: (Weighed | undefined)[];
  live: number;
  peak: number;
  place: Place;
  position: number;
};

const raise = (walk: Walk, { segment, times }: Stretch): void => {
  const { delta, top, highest } = (walk.weighed[segment.index] ??= weigh(segment, walk.sizes));
  // What a stretch of equal layers adds to is linear in the layers before: the highest is at one of its ends.
  const layers = delta > 0 ? times - 1 : 0;
  const bytes = walk.live + layers * delta + top;
  // What only takes back what came before (`times` below 0) has no height of its own.
  if (times > 0 && bytes > walk.peak && highest !== null) {
    walk.peak = bytes;
    walk.place = { stretch: walk.position, within: { segment, layers, moment: highest } };
  }
  walk.live += times * delta;
  walk.position++;
};

/** Evaluates a compiled step: live and highest bytes of forward and backward of each micro step. */
export const evaluateStep = (compiled: CompiledStep, point: Point): EvaluatedStep => {
  const sizes = sizesAt(compiled.ledger, point, compiled.chunkTokens);
  const walk: Walk = {
    sizes,
    weighed: [],
    live: 0,
    peak: 0,
    place: { stretch: 0, within: null },
    position: 0,
  };
  for (const stretch of compiled.loaded) raise(walk, stretch);
  const loadedBytes = walk.live;
  raise(walk, compiled.batch);
  const batchBytes = walk.live - loadedBytes;
  for (const stretch of compiled.before) raise(walk, stretch);
  const moments: RunMoment[] = [];
  const mark = (id: RunMoment["id"], microStep: number): void => {
    const live = { stretch: walk.position, within: null };
    moments.push({ id, microStep, liveBytes: walk.live, peakBytes: walk.peak, live, peak: walk.place });
    walk.peak = walk.live;
    walk.place = live;
  };
  walk.peak = walk.live;
  compiled.microSteps.forEach(({ forward, backward }, microStep) => {
    for (const stretch of forward) raise(walk, stretch);
    mark("forward", microStep);
    for (const stretch of backward) raise(walk, stretch);
    mark("backward", microStep);
  });
  return { loadedBytes, batchBytes, moments };
};
