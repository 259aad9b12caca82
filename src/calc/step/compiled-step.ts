import type { SizeTable } from "#calc/tape/ledger/size-table.ts";
import type { Program } from "./program.ts";
import type { RecordedSegment } from "./recording.ts";
import type { ChunkTokens } from "./sizes-at.ts";

/** A step on paper, for any batch and length. */
export type CompiledStep = Readonly<{
  program: Program<RecordedSegment>;
  /** What the counts of its segments count. */
  sizes: SizeTable;
  chunkTokens: ChunkTokens;
  /** Blocks of the model's buffers. */
  bufferBlocks: number;
  /** The same step in host memory; null where no activations go there. */
  host: CompiledStep | null;
}>;
