import type { RecordedSegment, Recording } from "./recording.ts";

/** A segment and how often it runs in a row in the model. */
export type Stretch = Readonly<{ segment: RecordedSegment; times: number }>;

/** One forward and backward of a micro step, as stretches of equal layers. */
export type MicroStep = Readonly<{ forward: readonly Stretch[]; backward: readonly Stretch[] }>;

/** A step on paper, for any batch and length. */
export type CompiledStep = Readonly<{
  ledger: Recording;
  /** For each layer of the model, the layer of the run that stands for it. */
  stands: readonly number[];
  /** What is there after loading, and the batch. */
  loaded: readonly Stretch[];
  batch: Stretch;
  /** What came before, as far as something of it is left. */
  before: readonly Stretch[];
  microSteps: readonly MicroStep[];
  /** Tokens of one chunk of the loss, of so many in so many rows. */
  chunkTokens: (tokens: number, rows: number) => number;
  /** Blocks of the model's buffers. */
  bufferBlocks: number;
  /** The same step in host memory; null where no activations go there. */
  host: CompiledStep | null;
}>;
