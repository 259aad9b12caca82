// Ledger of a run: every allocation and release in order, cut into segments, with streams.

import type { AllocatedTermId } from "#calc/model/terms.ts";
import type { PassId } from "#calc/model/objective.ts";
import type { Element } from "#calc/base/dtypes.ts";
import type { Shape } from "./shape.ts";
import { createTable, type GrowingTable, type Samples } from "./size-table.ts";

/**
 * One allocation. `size`: an index of the table; equal sizes in one term share an index, so each is rounded once. `blocks`: 1 for a size
 * that grows with batch or sequence. All other storages of a term share one size, a block of 512 bytes: there it is how many blocks they
 * take.
 */
export type Storage = {
  size: number;
  blocks: number;
  term: AllocatedTermId;
  /**
   * How many hold it: live tensors, nodes that saved it, slots of checkpoints, a leaf, a variable of the training loop. The last one to let
   * go frees it.
   */
  holders: number;
  /** The index of the entry of the log that allocated it. */
  readonly at: number;
  readonly shape: Shape;
  readonly dtype: Element;
  /** The operation that made it, and the module. */
  readonly op: string;
  readonly module: string;
};

/**
 * A local maximum that no other of its segment outdoes for every batch and sequence. `at`: how many entries came before it. `counts`: how
 * many storages of each size are alive beyond those at the start of the segment. `samples`: their bytes at the sample points, which spare
 * most comparisons.
 */
export type Maximum = { at: number; readonly counts: number[]; readonly samples: Samples };

/**
 * `turn`: the training loop releases what it held of the step before, and the rest of forward runs. `release`: autocast releases its copies
 * of weights.
 */
export const PHASES = ["load", "forward", "turn", "release", "backward", "finish"] as const;
export type Phase = (typeof PHASES)[number];

/** A stretch of the run that belongs to one layer (−1 before the first, the number of layers after the last) in one phase of one micro step of a pass. */
export type Segment = {
  /** Its index among the segments of the ledger. */
  readonly index: number;
  /** null: while the model is loaded. */
  readonly pass: PassId | null;
  readonly phase: Phase;
  readonly microStep: number;
  readonly layer: number;
  /** Its entries of the log: `from` included, `to` excluded. `to` is −1 while the segment goes on. */
  readonly from: number;
  to: number;
  readonly maxima: Maximum[];
  /** How many storages of each size are alive at its end beyond those at its start. */
  delta: number[];
};

/** CUDA streams that allocate: the computation's; that of copies of shards; that of gathered parameters; that of reduced gradients. */
export const STREAMS = ["compute", "cast", "gather", "reduce"] as const;
export type Stream = (typeof STREAMS)[number];

/**
 * On which stream a storage is allocated, whether another one may still use it when its owner frees it (`Tensor.record_stream`), and the first of the storages
 * that it is one request with (the parts of a flat parameter); null: it is one of its own.
 */
export type StreamUse = Readonly<{ stream: Stream; isRecorded: boolean; partOf: Storage | null }>;

/** Every allocation and release of a run in order, cut into segments. */
export type Ledger = GrowingTable & {
  readonly log: Storage[];
  /** +1 allocated, −1 freed, for each entry of the log. */
  readonly signs: (1 | -1)[];
  /** The size that each entry counts in: that of its storage may change between its allocation and its release. */
  readonly sizes: number[];
  readonly segments: Segment[];
  /** Storages that another stream than that of the computation allocates, or uses until later than their owner. */
  readonly streamUses: Map<Storage, StreamUse>;
  /** How many entries were counted: as many as the log has, until some are entered again (`enterAgain`), which the log does not repeat. */
  entries: number;
  /** What is alive beyond the start of the running segment: how many storages of each size, and their bytes at the sample points. */
  relative: number[];
  samples: Samples;
  /** Whether something was allocated since the last release: then the next release ends a local maximum. */
  rising: boolean;
};

/**
 * A second ledger of the same run, for another memory. Both have one table of sizes, because a shape remembers its entries there. The
 * fields are copied one by one: if an object is spread into a new one, V8 keeps the fields after it apart, and compiling takes a third
 * longer.
 */
export const secondLedger = (table: GrowingTable): Ledger => {
  const { terms, growths, factors, elementBytes, chunkSize, virtualTokens, sizeIds, samplePoints, sampleBytes } = table;
  return {
    terms,
    growths,
    factors,
    elementBytes,
    chunkSize,
    virtualTokens,
    sizeIds,
    samplePoints,
    sampleBytes,
    log: [],
    signs: [],
    sizes: [],
    segments: [],
    streamUses: new Map(),
    entries: 0,
    relative: [],
    samples: [0, 0, 0, 0],
    rising: false,
  };
};

/** An empty ledger. @see createTable */
export const createLedger = (...table: Parameters<typeof createTable>): Ledger => secondLedger(createTable(...table));
