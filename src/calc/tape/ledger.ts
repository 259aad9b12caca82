import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import type { Component } from "#calc/model/component.ts";
import type { PassId } from "#calc/model/objective.ts";
import { isCovered } from "./covered.ts";
import { bytesOfElement, type Element } from "#calc/base/element.ts";
import { CONSTANT } from "./growth.ts";
import type { Shape } from "./shape.ts";
import { createTable, GRADIENT_SIZE, type GrowingTable, type Samples, sizeOf } from "./size-table.ts";

/**
 * One allocation. Its size is an entry of the ledger's table, so that all tensors of one size in one component share one rounding; sizes that depend on
 * neither batch nor sequence are counted in blocks.
 */
export type Storage = {
  size: number;
  blocks: number;
  component: Component;
  /** Live tensors on it, saves of graph nodes, gradient buffers, parameters' gradients. It is freed when the last lets go. */
  holders: number;
  /** The entry of the log in which it was allocated. */
  readonly at: number;
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
export type Moment = { at: number; readonly counts: number[]; readonly samples: Samples };

/** `turn`: what a loop held of the step before goes, and the rest of forward; `release`: copies of weights go. */
export const PHASES = ["load", "forward", "turn", "release", "backward", "finish"] as const;
export type Phase = (typeof PHASES)[number];

/** A stretch of the run that belongs to one layer (−1 before the first, the number of layers after the last) in one phase of one micro step of a pass. */
export type Segment = {
  /** Its place among the ledger's segments. */
  readonly index: number;
  /** null: while the model is loaded. */
  readonly pass: PassId | null;
  readonly phase: Phase;
  readonly microStep: number;
  readonly layer: number;
  readonly from: number;
  to: number;
  readonly moments: Moment[];
  /** What the segment leaves alive beyond what it found. */
  delta: number[];
};

/** Every allocation and release of a run in order, cut into segments. */
export type Ledger = GrowingTable & {
  readonly log: Storage[];
  /** +1 allocated, −1 freed, for each entry of the log. */
  readonly signs: (1 | -1)[];
  /** The size of each entry as it was then. */
  readonly sizes: number[];
  readonly segments: Segment[];
  /** How often anything came or went so far: where the log goes on, until some of it is entered again. */
  entries: number;
  relative: number[];
  samples: Samples;
  rising: boolean;
};

/**
 * Another ledger of the same run, for another memory: shapes know their entries of the table of sizes, so that both have one. Field by field: of an object
 * that is spread into another V8 keeps the later fields apart, and compiling takes a third longer.
 */
export const besides = (table: GrowingTable): Ledger => {
  const { components, growths, factors, chunkSize, sizeIds, samplePoints, sampleBytes } = table;
  return {
    components,
    growths,
    factors,
    chunkSize,
    sizeIds,
    samplePoints,
    sampleBytes,
    log: [],
    signs: [],
    sizes: [],
    segments: [],
    entries: 0,
    relative: [],
    samples: [0, 0, 0, 0],
    rising: false,
  };
};

/** An empty ledger. @see createTable */
export const createLedger = (...table: Parameters<typeof createTable>): Ledger => besides(createTable(...table));

/** Whether `one` is never more than `other`: first in every sample, as otherwise it is no use to compare them size by size. */
const isWithin = (ledger: Ledger, one: Moment, other: Moment): boolean =>
  one.samples[0] <= other.samples[0] &&
  one.samples[1] <= other.samples[1] &&
  one.samples[2] <= other.samples[2] &&
  one.samples[3] <= other.samples[3] &&
  isCovered(ledger, one.counts, other.counts);

const copyOf = ({ counts, samples }: Moment, at: number): Moment => ({
  at,
  counts: [...counts],
  samples: [...samples],
});

/** A moment that is no longer kept becomes another: most of them are outdone sooner or later. */
const retaken = (moment: Moment, { at, counts, samples }: Moment): Moment => {
  moment.at = at;
  for (let size = 0; size < counts.length; size++) moment.counts[size] = counts[size] as number;
  for (let point = 0; point < samples.length; point++) moment.samples[point] = samples[point] as number;
  return moment;
};

/** Takes the present state as a moment, unless one that is kept is as high for every batch and sequence. */
const keepMoment = (ledger: Ledger): void => {
  ledger.rising = false;
  const segment = ledger.segments[ledger.segments.length - 1];
  if (segment === undefined) return;
  const { moments } = segment;
  const { relative, samples } = ledger;
  const now = { at: ledger.entries, counts: relative, samples };
  for (let place = moments.length - 1; place >= 0; place--) if (isWithin(ledger, now, moments[place] as Moment)) return;
  let outdone: Moment | undefined;
  let kept = 0;
  for (let place = 0; place < moments.length; place++) {
    const moment = moments[place] as Moment;
    if (isWithin(ledger, moment, now)) outdone = moment;
    else moments[kept++] = moment;
  }
  while (moments.length > kept) moments.pop();
  moments.push(outdone === undefined ? copyOf(now, now.at) : retaken(outdone, now));
};

/** Ends the segment that runs, if any, and begins the next. */
export const beginSegment = (ledger: Ledger, next: Pick<Segment, "pass" | "phase" | "microStep" | "layer">): void => {
  endSegment(ledger);
  const index = ledger.segments.length;
  const { pass, phase, microStep, layer } = next;
  const from = ledger.entries;
  ledger.segments.push({ index, pass, phase, microStep, layer, from, to: -1, moments: [], delta: [] });
};

/** Ends the segment that runs. */
export const endSegment = (ledger: Ledger): void => {
  const segment = ledger.segments[ledger.segments.length - 1];
  if (segment === undefined || segment.to >= 0) return;
  if (ledger.rising) keepMoment(ledger);
  segment.to = ledger.entries;
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
  ledger.entries++;
  ledger.log.push(storage);
  ledger.signs.push(sign);
  ledger.sizes.push(storage.size);
  count(ledger, storage.size, sign * storage.blocks);
};

/** Allocates a storage with one holder. */
export const allocate = (ledger: Ledger, request: Request): Storage => {
  const { shape, dtype, component, op, module } = request;
  const bytes = bytesOfElement(dtype);
  const size = sizeOf(ledger, request, bytes);
  const blocks = shape.growth === CONSTANT ? Math.ceil((shape.factor * bytes) / BLOCK_BYTES) : 1;
  const at = ledger.entries;
  const storage: Storage = { size, blocks, component, holders: 1, at, shape, dtype, op, module };
  enter(ledger, storage, 1);
  ledger.rising = true;
  return storage;
};

/** From now on the storage counts in that component. */
export const countAs = (ledger: Ledger, storage: Storage, component: Component): void => {
  storage.component = component;
  storage.size = sizeOf(ledger, storage, bytesOfElement(storage.dtype));
};

const move = (counts: number[], [from, to]: readonly [number, number], blocks: number): void => {
  while (counts.length <= to) counts.push(0);
  counts[from] = (counts[from] as number) - blocks;
  counts[to] = (counts[to] as number) + blocks;
};

/** The storage has counted in that component from its allocation on: what for shows only later. */
export const haveCountedAs = (ledger: Ledger, storage: Storage, component: Component): void => {
  if (storage.component === component) return;
  const { segments, sizes } = ledger;
  const before = storage.size;
  countAs(ledger, storage, component);
  const { size, blocks, at: place } = storage;
  const segment = segments.findLast(({ from }) => from <= place);
  sizes[place] = size;
  if (segment === undefined) return;
  for (const { at, counts } of segment.moments) if (at > place) move(counts, [before, size], blocks);
  move(segment.to < 0 ? ledger.relative : segment.delta, [before, size], blocks);
};

/** From now on the storage counts as a parameter's gradient, and from its allocation on as one of their component. */
export const becomeGradient = (ledger: Ledger, storage: Storage): void => {
  haveCountedAs(ledger, storage, "gradients");
  if (storage.shape.growth !== CONSTANT) return;
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

/** The segment that has just begun goes as another went, up to an entry after which none of its moments was kept. */
export const goLike = (ledger: Ledger, other: Segment, until: number): void => {
  const { log, signs, sizes, segments } = ledger;
  const { from, moments } = segments[segments.length - 1] as Segment;
  for (const moment of other.moments) moments.push(copyOf(moment, moment.at - other.from + from));
  for (let size = 0; size < other.delta.length; size++) count(ledger, size, other.delta[size] as number);
  for (let index = until; index < other.to; index++)
    count(ledger, sizes[index] as number, -(signs[index] as number) * (log[index] as Storage).blocks);
  ledger.entries += until - other.from;
};

/** Counts once more what an entry of the log says, in the segment that runs now; the log stays as it is. */
export const enterAgain = (ledger: Ledger, index: number): void => {
  const { log, signs, sizes } = ledger;
  const storage = log[index] as Storage;
  const sign = signs[index] as 1 | -1;
  const becomesGradient = sign < 0 && log[index + 1] === storage;
  if (sign < 0 && !becomesGradient && ledger.rising) keepMoment(ledger);
  count(ledger, sizes[index] as number, sign * storage.blocks);
  ledger.entries++;
  if (sign > 0) ledger.rising = true;
};
