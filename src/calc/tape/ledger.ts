import { BLOCK_BYTES } from "#calc/allocation.ts";
import type { Component } from "./component.ts";
import type { Element } from "./element.ts";
import { ELEMENT_BYTES } from "./element.ts";
import type { Shape } from "./shape.ts";

/**
 * One allocation. Its size is an entry of the ledger's table, so that all tensors of one size share one rounding; sizes that depend on neither
 * batch nor sequence are entry 0, in blocks.
 */
export type Storage = {
  readonly size: number;
  readonly blocks: number;
  component: Component;
  /** Live tensors on it, saves of graph nodes, gradient buffers, parameters' gradients. It is freed when the last lets go. */
  holders: number;
  readonly shape: Shape;
  readonly dtype: Element;
  /** What made it, and in which module. */
  readonly op: string;
  readonly module: string;
};

/** A local maximum that no other of its segment outdoes for every batch and sequence: what is alive beyond the segment's start, by size. */
export type Moment = Readonly<{ at: number; counts: Float64Array }>;

/** `release`: the end of the autocast context, where copies of each layer's weights go. */
export const PHASES = ["load", "forward", "release", "backward"] as const;
export type Phase = (typeof PHASES)[number];

/** A stretch of the run that belongs to one layer (−1 before the first, the number of layers after the last) in one micro step. */
export type Segment = {
  readonly phase: Phase;
  readonly microStep: number;
  readonly layer: number;
  readonly from: number;
  to: number;
  moments: Moment[];
  /** What the segment leaves alive beyond what it found. */
  delta: Float64Array;
};

/** Every allocation and release of a run in order, cut into segments. */
export type Ledger = {
  readonly growths: number[];
  readonly factors: number[];
  readonly sizeIds: Map<number, number>;
  readonly log: Storage[];
  /** +1 allocated, −1 freed, for each entry of the log. */
  readonly signs: number[];
  readonly segments: Segment[];
  relative: Float64Array;
  rising: boolean;
};

/** Most different sizes of one run; a layer has about 40, and a model few kinds of layers. */
const SIZES = 512;

export const createLedger = (): Ledger => ({
  growths: [0],
  factors: [BLOCK_BYTES],
  sizeIds: new Map(),
  log: [],
  signs: [],
  segments: [],
  relative: new Float64Array(SIZES),
  rising: false,
});

const dominated = (ledger: Ledger, by: Float64Array): boolean => {
  const { relative } = ledger;
  for (let id = 0; id < ledger.factors.length; id++) {
    if ((relative[id] ?? 0) > (by[id] ?? 0)) return false;
  }
  return true;
};

const dominates = (ledger: Ledger, counts: Float64Array): boolean => {
  const { relative } = ledger;
  for (let id = 0; id < ledger.factors.length; id++) {
    if ((counts[id] ?? 0) > (relative[id] ?? 0)) return false;
  }
  return true;
};

/** Takes the present state as a moment, unless one that is kept is at least as high at every size. */
const keepMoment = (ledger: Ledger): void => {
  ledger.rising = false;
  const segment = ledger.segments[ledger.segments.length - 1];
  if (segment === undefined) return;
  const { moments } = segment;
  for (let index = moments.length - 1; index >= 0; index--) {
    const moment = moments[index];
    if (moment !== undefined && dominated(ledger, moment.counts)) return;
  }
  segment.moments = moments.filter((moment) => !dominates(ledger, moment.counts));
  segment.moments.push({ at: ledger.log.length, counts: ledger.relative.slice(0, ledger.factors.length) });
};

/** Ends the segment that runs, if any, and begins the next. */
export const beginSegment = (ledger: Ledger, next: Pick<Segment, "phase" | "microStep" | "layer">): void => {
  endSegment(ledger);
  ledger.segments.push({ ...next, from: ledger.log.length, to: -1, moments: [], delta: ledger.relative });
};

/** Ends the segment that runs. */
export const endSegment = (ledger: Ledger): void => {
  const segment = ledger.segments[ledger.segments.length - 1];
  if (segment === undefined || segment.to >= 0) return;
  if (ledger.rising) keepMoment(ledger);
  segment.to = ledger.log.length;
  segment.delta = ledger.relative;
  ledger.relative = new Float64Array(SIZES);
};

const sizeOf = (ledger: Ledger, shape: Shape, bytes: number): number => {
  const known = shape.sizes[bytes];
  if (known !== undefined) return known;
  const factor = shape.factor * bytes;
  const key = factor * 16 + shape.growth;
  let id = shape.growth === 0 ? 0 : ledger.sizeIds.get(key);
  if (id === undefined) {
    id = ledger.factors.length;
    ledger.sizeIds.set(key, id);
    ledger.growths.push(shape.growth);
    ledger.factors.push(factor);
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

/** Allocates a storage with one holder. */
export const allocate = (ledger: Ledger, request: Request): Storage => {
  const bytes = ELEMENT_BYTES[request.dtype];
  const size = sizeOf(ledger, request.shape, bytes);
  const blocks = size === 0 ? Math.ceil((request.shape.factor * bytes) / BLOCK_BYTES) : 1;
  const { shape, dtype, component, op, module } = request;
  const storage: Storage = { size, blocks, component, holders: 1, shape, dtype, op, module };
  ledger.relative[size] = (ledger.relative[size] ?? 0) + blocks;
  ledger.log.push(storage);
  ledger.signs.push(1);
  ledger.rising = true;
  return storage;
};

/** One holder less; the last one frees the storage. */
export const release = (ledger: Ledger, storage: Storage): void => {
  storage.holders--;
  if (storage.holders > 0) return;
  if (ledger.rising) keepMoment(ledger);
  ledger.relative[storage.size] = (ledger.relative[storage.size] ?? 0) - storage.blocks;
  ledger.log.push(storage);
  ledger.signs.push(-1);
};
