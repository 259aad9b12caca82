// Batch and sequence length at which a compiled step is evaluated, and the bytes of each size there.

import { type ExtentInputs, extentOf, type Sides } from "#calc/tape/ledger/extent.ts";
import { allocatedAt, growthsAt } from "#calc/tape/ledger/growth.ts";
import { GRADIENT_SIZE, type SizeTable } from "#calc/tape/ledger/size-table.ts";

/** The batch and length at which a compiled step is evaluated. `scored_tokens`, `completion_length`, `sides`, `mismatched_length`: @see Scenario */
export type BatchShape = Readonly<{
  micro_batch_size: number;
  sequence_length: number;
  scored_tokens?: number;
  completion_length?: number;
  sides?: Sides;
  mismatched_length?: number;
}>;

/** Tokens of one chunk of the loss. */
export type ChunkTokens = (batch: BatchShape) => number;

/** What sizes are evaluated with at a batch and length. */
export const sizeInputsAt = (
  { chunkSize, virtualTokens = 0 }: Pick<SizeTable, "chunkSize" | "virtualTokens">,
  batch: BatchShape,
  chunk: number,
): ExtentInputs => {
  const { micro_batch_size: b, sequence_length: s, scored_tokens, completion_length, sides, mismatched_length } = batch;
  return {
    b,
    s,
    chunk,
    chunkSize,
    virtualTokens,
    ...(scored_tokens !== undefined && { scored: scored_tokens }),
    ...(completion_length !== undefined && { completion: completion_length }),
    ...(sides !== undefined && { sides }),
    ...(mismatched_length !== undefined && { mismatched: mismatched_length }),
  };
};

/** Bytes of each size of the ledger's table at a batch and length, rounded up as the allocator does. */
export const sizesAt = (table: SizeTable, batch: BatchShape, chunkTokens: ChunkTokens): Float64Array => {
  const { growths, factors } = table;
  const extent = extentOf(sizeInputsAt(table, batch, chunkTokens(batch)));
  const products = growthsAt(extent);
  const sizes = new Float64Array(factors.length);
  for (let id = 0; id < sizes.length; id++) {
    const growth = growths[id] ?? 0;
    sizes[id] = allocatedAt(growth, (factors[id] ?? 0) * (products[growth] ?? 0), extent);
  }
  // Gradients in a type of their own (`gradientShare`) need not be whole blocks.
  sizes[GRADIENT_SIZE] = factors[GRADIENT_SIZE] ?? 0;
  return sizes;
};
