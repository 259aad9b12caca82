import { NOTHING, plus } from "#calc/formula/amount.ts";
import type { LossContext, LossMemory } from "./loss-memory.ts";
import { perChunk, perHeadWeight, perHidden } from "./per-token.ts";

/** Smallest power of two that is not below n. */
const nextPowerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));

/** Tokens of one chunk: the next power of two of T / ⌈V / h⌉, at most all of them. */
const chunkTokens = ({ micro_batch_size, sequence_length, vocab_size, hidden_size }: LossContext): number => {
  const tokens = micro_batch_size * sequence_length;
  return Math.min(tokens, nextPowerOfTwo(Math.ceil(tokens / Math.ceil(vocab_size / hidden_size))));
};

/**
 * Liger's fused linear cross entropy: forward makes the gradients at once, a chunk of tokens at a time: 2h for each token, 2hV with a trained
 * head, and one chunk of logits. Backward only scales them.
 *
 * @see liger_kernel/ops/fused_linear_cross_entropy.py, `fused_linear_cross_entropy_forward` (`inc_factor`, `chunk_size`).
 */
export const ligerFusedLoss = (context: LossContext): LossMemory => {
  const hiddenGradient = perHidden(context, context.logitsBytes);
  const gradients = plus(hiddenGradient, perHeadWeight(context, context.headBytes));
  return {
    forward: plus(perChunk(context, chunkTokens(context), context.logitsBytes), gradients),
    saved: gradients,
    backward: gradients,
    headBackward: NOTHING,
    isHeadGradientInForward: true,
  };
};
