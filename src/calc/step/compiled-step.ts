import type { SizeTable } from "#calc/tape/ledger/size-table.ts";
import type { Program } from "./program.ts";
import type { RecordedSegment } from "./recording.ts";
import type { ChunkTokens } from "./sizes-at.ts";

/** A step that was run on paper, for any batch and length. */
export type CompiledStep = Readonly<{
  program: Program<RecordedSegment>;
  /** The table of sizes that the counts of its segments are in. */
  sizes: SizeTable;
  chunkTokens: ChunkTokens;
  /** Blocks of the model's buffers. */
  bufferBlocks: number;
  /** The host memory of the same step; null where no activations are offloaded. */
  host: CompiledStep | null;
}>;
