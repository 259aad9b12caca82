import { allocated } from "#calc/allocation.ts";
import { type Amount, plus, product } from "#calc/formula/amount.ts";
import { constant } from "#calc/formula/inputs.ts";
import type { LossContext, LossMemory } from "./loss-memory.ts";
import { perHeadWeight, perHidden } from "./per-token.ts";

/** Tokens and vocabulary entries of one tile of logits. */
const TILE_TOKENS = 4096;
const TILE_VOCABULARY = 32768;
const FP32_BYTES = 4;

const tileOf = ({ micro_batch_size, sequence_length, logitsBytes }: LossContext): Amount => {
  const tokens = Math.min(micro_batch_size * sequence_length, TILE_TOKENS);
  return {
    bytes: allocated(tokens * TILE_VOCABULARY * logitsBytes),
    formula: product(
      constant("tokens of a tile", tokens),
      constant("vocabulary entries of a tile", TILE_VOCABULARY),
      constant("bytes per logit", logitsBytes),
    ),
  };
};

/**
 * TRL's fused head (from 1.x): a copy of the scored hidden states, one tile of logits at a time in either direction, the gradient of the
 * hidden state in fp32 (4h for each token) and its 16-bit cast, and with a trained head 4hV and its cast.
 *
 * @see trl/kernels/chunked_logprob.py, `ChunkedLogProbFunction` (`TOKEN_CHUNK_SIZE`, `mm_buf`, `grad_hidden`, `grad_weight`).
 */
export const trlFusedLoss = (context: LossContext): LossMemory => {
  const tile = tileOf(context);
  const scoredStates = perHidden(context, context.logitsBytes);
  const gradients = plus(perHidden(context, FP32_BYTES), perHeadWeight(context, FP32_BYTES));
  return {
    forward: plus(tile, scoredStates),
    saved: scoredStates,
    backward: plus(tile, scoredStates, gradients),
    headBackward: plus(scoredStates, gradients, perHidden(context, context.logitsBytes)),
    isHeadGradientInForward: false,
  };
};
