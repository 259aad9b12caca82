import type { AllocatedTermId } from "#calc/model/term.ts";
import type { PassId } from "#calc/model/objective.ts";
import type { Element } from "#calc/base/element.ts";
import type { Shape } from "./shape.ts";
import { createTable, type GrowingTable, type Samples } from "./size-table.ts";

/**
 * One allocation. Its size is an entry of the ledger's table, so that all tensors of one size in one term share one rounding; sizes that depend on
 * neither batch nor sequence are counted in blocks.
 */
export type Storage = {
  size: number;
  blocks: number;
  term: AllocatedTermId;
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
export type Maximum = { at: number; readonly counts: number[]; readonly samples: Samples };

/** `turn`: what a loop held of the step before goes, and the rest of forward; `release`: copies of weights go. */
export const PHASES = ["load", "forward", "turn", "release", "backward", "finish"] as const;
export type Phase = (typeof PHASES)[number];

/** A stretch of the run that belongs to one layer (−1 before the first, the number of layers after the last) in one phase of one micro step of a pass. */
export type Segment = {
  /** Its index among the ledger's segments. */
  readonly index: number;
  /** null: while the model is loaded. */
  readonly pass: PassId | null;
  readonly phase: Phase;
  readonly microStep: number;
  readonly layer: number;
  readonly from: number;
  to: number;
  readonly maxima: Maximum[];
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
  const { terms, growths, factors, chunkSize, sizeIds, samplePoints, sampleBytes } = table;
  return {
    terms,
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
