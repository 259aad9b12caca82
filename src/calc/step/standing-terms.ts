import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import { type Amount, NOTHING, plus, counted } from "#calc/base/formula.ts";
import type { Holdings } from "./holdings.ts";
import type { SizeTable } from "#calc/tape/ledger/unit.ts";
import type { Program } from "./program.ts";
import type { RecordedSegment } from "./recording.ts";
import type { ChunkTokens } from "./sizes-at.ts";
import { ALLOCATED_TERM_IDS, type PerTerm, perTerm } from "#calc/model/term.ts";

/** The model's buffers, for example the inverse frequencies of a rotary embedding. */
export const buffersOf = ({ bufferBlocks }: CompiledStep): Amount => {
  const bytes = bufferBlocks * BLOCK_BYTES;
  return { bytes, formula: [counted("bytes of buffers", bytes)] };
};

/** What is alive all through the step beside the tape: weights, adapters and states as they are kept, scratch memory, buffers. */
export const standingTerms = (compiled: CompiledStep, holdings: Holdings): TermAmounts => {
  const { weights, adapters, optimizer, gradients, cublas, buffers } = holdings;
  return {
    weights,
    adapters,
    optimizer,
    gradients,
    activations: NOTHING,
    logits: NOTHING,
    workspace: plus(cublas, buffers, buffersOf(compiled)),
  };
};

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

/** What is alive at one point of the step, term by term. */
export type TermAmounts = PerTerm<Amount>;

export const NO_AMOUNTS: TermAmounts = perTerm(() => NOTHING);

/** The bytes of all terms together. */
export const totalBytesOf = (terms: TermAmounts): number => {
  let total = 0;
  for (const id of ALLOCATED_TERM_IDS) total += terms[id].bytes;
  return total;
};
