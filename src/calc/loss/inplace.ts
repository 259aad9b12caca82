import type { LossContext, LossMemory } from "./loss-memory.ts";
import { perLogit } from "./per-token.ts";

/** 16-bit logits, their fp32 copy and one 16-bit tensor between the two, about 8 in all. */
const PEAK_BYTES = 8;
/** The gradient, written over the logits. */
const SAVED_BYTES = 4;

/**
 * Cross entropy whose gradient is written over the logits (Liger cross entropy, Unsloth's fast cross entropy): about 8 B for each token and
 * vocabulary entry at the highest moment of either direction, 4 B in between. An estimate, not a count.
 *
 * @see liger_kernel/ops/cross_entropy.py, `cross_entropy_forward` (gradient stored in place of the input); unsloth/kernels/cross_entropy_loss.py.
 */
export const inplaceLoss = (context: LossContext): LossMemory => ({
  forward: perLogit(context, PEAK_BYTES),
  saved: perLogit(context, SAVED_BYTES),
  backward: perLogit(context, PEAK_BYTES),
  headBackward: perLogit(context, context.logitsBytes),
  isHeadGradientInForward: false,
});
