import { allocated } from "#calc/base/allocation.ts";
import { extentOf } from "#calc/tape/ledger/dimension.ts";
import { growthsAt } from "#calc/tape/ledger/growth.ts";
import { GRADIENT_SIZE, type SizeTable } from "#calc/tape/ledger/size-table.ts";

/** The batch and length at which a compiled step is evaluated. */
export type BatchShape = Readonly<{ micro_batch_size: number; sequence_length: number }>;

/** Tokens of one chunk of the loss, for a batch of so many tokens in so many rows. */
export type ChunkTokens = (tokens: number, rows: number) => number;

/** Bytes of each size of the ledger's table at a batch and length, rounded up as the allocator does. */
export const sizesAt = (
  { growths, factors, chunkSize, virtualTokens = 0 }: SizeTable,
  batch: BatchShape,
  chunkTokens: ChunkTokens,
): Float64Array => {
  const { micro_batch_size: b, sequence_length: s } = batch;
  const extent = extentOf({ b, s, chunk: chunkTokens(b * s, b), chunkSize, virtualTokens });
  const products = growthsAt(extent);
  const sizes = new Float64Array(factors.length);
  for (let id = 0; id < sizes.length; id++)
    sizes[id] = allocated((factors[id] ?? 0) * (products[growths[id] ?? 0] ?? 0));
  // Gradients in a type of their own (`gradientShare`) need not be whole blocks.
  sizes[GRADIENT_SIZE] = factors[GRADIENT_SIZE] ?? 0;
  return sizes;
};
