import { BLOCK_BYTES } from "#calc/allocation.ts";
import { isCovered } from "./covered.ts";
import type { Component } from "./component.ts";
import type { Element } from "./element.ts";
import { ELEMENT_BYTES } from "./element.ts";
import type { Shape } from "./shape.ts";
import { monomialsAt } from "./shape.ts";

/** Entries of the table of sizes that count blocks of what depends on neither batch nor sequence: gradients of parameters, and everything else. */
const CONSTANT_SIZE = 0;
export const GRADIENT_SIZE = 1;

/**
 * One allocation. Its size is an entry of the ledger's table, so that all tensors of one size share one rounding; sizes that depend on neither
 * batch nor sequence are counted in blocks.
 */
export type Storage = {
  size: number;
  blocks: number;
  component: Component;
  /** Live tensors on it, saves of graph nodes, gradient buffers, parameters' gradients. It is freed when the last lets go. */
  holders: number;
  readonly shape: Shape;
  readonly dtype: Element;
  /** What made it, and in which module. */
  readonly op: string;
  readonly module: string;
};

/**
 * A local maximum that no other of its segment outdoes for every batch and sequence: what is alive beyond the segment's start, by size.
 * `samples`: bytes at the ledger's sample points, which spare most comparisons.
 */
export type Moment = Readonly<{ at: number; counts: Counts; samples: Samples }>;

/** How many storages of each size; those at the end that are none may be missing. */
export type Counts = readonly number[];

/** Bytes at `SAMPLE_POINTS`; last, what they would be if nothing grew: by `isCovered`'s way of comparing, whatever is more there stays more. */
export type Samples = readonly [number, number, number, number];

/** `turn`: what a loop held of the step before goes, and the rest of forward; `release`: copies of weights go. */
export const PHASES = ["load", "forward", "turn", "release", "backward", "finish"] as const;
export type Phase = (typeof PHASES)[number];

/** A stretch of the run that belongs to one layer (−1 before the first, the number of layers after the last) in one micro step. */
export type Segment = {
  /** Its place among the ledger's segments. */
  readonly index: number;
  readonly phase: Phase;
  readonly microStep: number;
  readonly layer: number;
  readonly from: number;
  to: number;
  readonly moments: Moment[];
  /** What the segment leaves alive beyond what it found. */
  delta: Counts;
};

/** Every allocation and release of a run in order, cut into segments. */
export type Ledger = {
  readonly growths: number[];
  readonly factors: number[];
  /** Positions of one chunk of a scan. */
  readonly chunkSize: number;
  readonly sizeIds: Map<number, number>;
  readonly log: Storage[];
  /** +1 allocated, −1 freed, for each entry of the log. */
  readonly signs: number[];
  /** The size of each entry as it was then. */
  readonly sizes: number[];
  /** Bytes of each size at the sample points, not rounded. */
  readonly sampleBytes: Samples[];
  readonly segments: Segment[];
  relative: number[];
  samples: [number, number, number, number];
  rising: boolean;
};

/** A short batch, a long row, many rows. */
const SAMPLE_POINTS = [
  { b: 1, s: 64 },
  { b: 1, s: 131_072 },
  { b: 64, s: 2048 },
] as const;

const sampled = (growth: number, factor: number, chunkSize: number): Samples => {
  const [short, long, many] = SAMPLE_POINTS.map(
    ({ b, s }) => factor * (monomialsAt(b, s, [b * s, chunkSize])[growth] ?? 0),
  ) as [number, number, number];
  return [short, long, many, factor];
};

/** @param gradientShare which share of a parameter's gradient stays on the GPU, in the type that it is kept in: 1 unless they are sharded or cast. */
export const createLedger = (gradientShare: number, chunkSize: number): Ledger => ({
  chunkSize,
  growths: [0, 0],
  factors: [BLOCK_BYTES, BLOCK_BYTES * gradientShare],
  sizeIds: new Map(),
  log: [],
  signs: [],
  sizes: [],
  sampleBytes: [sampled(0, BLOCK_BYTES, chunkSize), sampled(0, BLOCK_BYTES * gradientShare, chunkSize)],
  segments: [],
  relative: [],
  samples: [0, 0, 0, 0],
  rising: false,
});

/** Another ledger of the same run, for another memory: shapes know their entries of the table of sizes, so that both have one. */
export const besides = (ledger: Ledger): Ledger => ({
  ...ledger,
  log: [],
  signs: [],
  sizes: [],
  segments: [],
  relative: [],
  samples: [0, 0, 0, 0],
  rising: false,
});

/** Whether `one` is never more than `other`: first in every sample, as otherwise it is no use to compare them size by size. */
const isWithin = (ledger: Ledger, one: Moment, other: Moment): boolean =>
  one.samples[0] <= other.samples[0] &&
  one.samples[1] <= other.samples[1] &&
  one.samples[2] <= other.samples[2] &&
  one.samples[3] <= other.samples[3] &&
  isCovered(ledger, one.counts, other.counts);

/** Takes the present state as a moment, unless one that is kept is as high for every batch and sequence. */
const keepMoment = (ledger: Ledger): void => {
  ledger.rising = false;
  const segment = ledger.segments[ledger.segments.length - 1];
  if (segment === undefined) return;
  const { moments } = segment;
  const { relative, samples } = ledger;
  const now: Moment = { at: ledger.log.length, counts: relative, samples };
  for (let place = moments.length - 1; place >= 0; place--) if (isWithin(ledger, now, moments[place] as Moment)) return;
  for (let place = moments.length - 1; place >= 0; place--)
    if (isWithin(ledger, moments[place] as Moment, now)) moments.splice(place, 1);
  moments.push({ at: now.at, counts: [...relative], samples: [...samples] });
};

/** Ends the segment that runs, if any, and begins the next. */
export const beginSegment = (ledger: Ledger, next: Pick<Segment, "phase" | "microStep" | "layer">): void => {
  endSegment(ledger);
  const index = ledger.segments.length;
  const { phase, microStep, layer } = next;
  const from = ledger.log.length;
  ledger.segments.push({ index, phase, microStep, layer, from, to: -1, moments: [], delta: [] });
};

/** Ends the segment that runs. */
export const endSegment = (ledger: Ledger): void => {
  const segment = ledger.segments[ledger.segments.length - 1];
  if (segment === undefined || segment.to >= 0) return;
  if (ledger.rising) keepMoment(ledger);
  segment.to = ledger.log.length;
  segment.delta = ledger.relative;
  ledger.relative = [];
  ledger.samples = [0, 0, 0, 0];
};

const count = ({ relative, samples, sampleBytes }: Ledger, size: number, blocks: number): void => {
  while (relative.length <= size) relative.push(0);
  relative[size] = (relative[size] as number) + blocks;
  const bytes = sampleBytes[size] as Samples;
  samples[0] += blocks * bytes[0];
  samples[1] += blocks * bytes[1];
  samples[2] += blocks * bytes[2];
  samples[3] += blocks * bytes[3];
};

const sizeOf = (ledger: Ledger, shape: Shape, bytes: number): number => {
  const known = shape.sizes[bytes];
  if (known !== undefined) return known;
  const factor = shape.factor * bytes;
  const key = factor * 32 + shape.growth;
  let id = shape.growth === 0 ? CONSTANT_SIZE : ledger.sizeIds.get(key);
  if (id === undefined) {
    id = ledger.factors.length;
    ledger.sizeIds.set(key, id);
    ledger.growths.push(shape.growth);
    ledger.factors.push(factor);
    ledger.sampleBytes.push(sampled(shape.growth, factor, ledger.chunkSize));
  }
  shape.sizes[bytes] = id;
  return id;
};

/** What a storage is made of, and who makes it. */
export type Request = Readonly<{
  shape: Shape;
  dtype: Element;
  component: Component;
  op: string;
  module: string;
}>;

/** Counts and logs blocks that come (+1) or go (−1) with a storage. */
const enter = (ledger: Ledger, storage: Storage, sign: 1 | -1): void => {
  count(ledger, storage.size, sign * storage.blocks);
  ledger.log.push(storage);
  ledger.signs.push(sign);
  ledger.sizes.push(storage.size);
};

/** Allocates a storage with one holder. */
export const allocate = (ledger: Ledger, request: Request): Storage => {
  const bytes = ELEMENT_BYTES[request.dtype];
  const size = sizeOf(ledger, request.shape, bytes);
  const blocks = size === CONSTANT_SIZE ? Math.ceil((request.shape.factor * bytes) / BLOCK_BYTES) : 1;
  const { shape, dtype, component, op, module } = request;
  const storage: Storage = { size, blocks, component, holders: 1, shape, dtype, op, module };
  enter(ledger, storage, 1);
  ledger.rising = true;
  return storage;
};

/** From now on the storage counts as a parameter's gradient, and from its allocation on as one of their component. */
export const becomeGradient = (ledger: Ledger, storage: Storage): void => {
  storage.component = "gradients";
  if (storage.size !== CONSTANT_SIZE) return;
  enter(ledger, storage, -1);
  storage.size = GRADIENT_SIZE;
  enter(ledger, storage, 1);
  // Kept in a wider type, it is more than it was.
  ledger.rising = true;
};

/** Takes a storage's bytes away, or gives them back, whoever holds it: as `untyped_storage().resize_()` does. */
export const resize = (ledger: Ledger, storage: Storage, sign: 1 | -1): void => {
  if (sign < 0 && ledger.rising) keepMoment(ledger);
  enter(ledger, storage, sign);
  if (sign > 0) ledger.rising = true;
};

/** One holder less; the last one frees the storage. */
export const release = (ledger: Ledger, storage: Storage): void => {
  storage.holders--;
  if (storage.holders > 0) return;
  if (ledger.rising) keepMoment(ledger);
  enter(ledger, storage, -1);
};

/** Enters once more what an entry of the log says, in the segment that runs now. */
export const enterAgain = (ledger: Ledger, index: number): void => {
  const { log, signs, sizes } = ledger;
  const storage = log[index] as Storage;
  const sign = signs[index] as 1 | -1;
  const becomesGradient = sign < 0 && log[index + 1] === storage;
  if (sign < 0 && !becomesGradient && ledger.rising) keepMoment(ledger);
  // It may have become a gradient since.
  const { size } = storage;
  storage.size = sizes[index] as number;
  enter(ledger, storage, sign);
  storage.size = size;
  if (sign > 0) ledger.rising = true;
};
