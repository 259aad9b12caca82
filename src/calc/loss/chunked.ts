import { plus } from "#calc/formula/amount.ts";
import type { LossContext, LossMemory } from "./loss-memory.ts";
import { perChunk, perHidden } from "./per-token.ts";

const FP32_BYTES = 4;
const BACKWARD_BYTES = 3 * FP32_BYTES;

/**
 * Cross entropy over a chunk of tokens at a time: one chunk of logits with its fp32 copy and log-softmax in forward, with its gradients in
 * backward, and the gradient of the hidden state that the chunks fill, counted in both.
 *
 * @see torchtune/modules/loss/cross_entropy_loss.py, `LinearCrossEntropyLoss` (8 chunks of tokens).
 */
export const chunkedLoss = (chunks: number, context: LossContext): LossMemory => {
  const tokens = Math.ceil((context.micro_batch_size * context.sequence_length) / Math.max(1, chunks));
  const hiddenGradient = perHidden(context, context.logitsBytes);
  return {
    forward: plus(perChunk(context, tokens, context.logitsBytes + 2 * FP32_BYTES), hiddenGradient),
    saved: hiddenGradient,
    backward: plus(perChunk(context, tokens, BACKWARD_BYTES), hiddenGradient),
    headBackward: plus(perChunk(context, tokens, context.logitsBytes), hiddenGradient),
    isHeadGradientInForward: false,
  };
};
