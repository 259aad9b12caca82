import { type Amount, plus } from "#calc/formula/amount.ts";
import type { LossPath } from "#calc/scenario.ts";
import type { LossContext, LossMemory } from "./loss-memory.ts";
import { paddedLabels, perLogit, shiftedLabels } from "./per-token.ts";

type Full = Extract<LossPath, { kind: "full" }>;

const FP32_BYTES = 4;
/** Log-probabilities are saved; the gradients of nll_loss and of log_softmax are of their size. */
const BACKWARD_BYTES = 3 * FP32_BYTES;

/**
 * Bytes for each logit at the highest moment of the forward, beside kept outputs. Version 5: logits, their fp32 copy (none when they
 * are fp32), log-softmax. 4.46 to 4.48: besides, the shifted fp32 logits are copied. Up to 4.45: the fp32 logits replace the 16-bit ones.
 */
const forwardBytes = (version: Full["transformers"], logitsBytes: number): number => {
  const sixteenBit = logitsBytes < FP32_BYTES ? logitsBytes : 0;
  switch (version) {
    case "5":
      return sixteenBit + 2 * FP32_BYTES;
    case "4.46":
      return sixteenBit + 3 * FP32_BYTES;
    case "4.45":
      return 3 * FP32_BYTES;
    default:
      return version satisfies never;
  }
};

/** The labels alive after the shift: the padded ones die when a contiguous copy was made. */
const savedLabels = (context: LossContext): Amount =>
  context.micro_batch_size === 1 ? paddedLabels(context) : shiftedLabels(context);

/**
 * The loss of transformers over whole logits. Forward: logits, fp32 copy, log-softmax (10 B for each token and vocabulary entry with a 16-bit
 * head in version 5); backward: saved log-probabilities and two gradients of their size (12 B), then the gradient in the logits' dtype.
 *
 * Soft-capped logits save one more tensor of the logits' dtype. `outputsKept`: the caller's variable holds the logits through backward.
 *
 * @see transformers/loss/loss_utils.py, `ForCausalLMLoss`, `fixed_cross_entropy` (5.x); the same file in 4.46 (shifted copy);
 * transformers/models/llama/modeling_llama.py, `LlamaForCausalLM.forward`, 4.45 (`logits = logits.float()`).
 */
export const fullLoss = (path: Full, context: LossContext): LossMemory => {
  const softcapBytes = context.isSoftcapped ? context.logitsBytes : 0;
  const keptBytes = path.outputsKept ? context.logitsBytes : 0;
  const held = softcapBytes + keptBytes;
  const labels = savedLabels(context);
  return {
    forward: plus(
      perLogit(context, forwardBytes(path.transformers, context.logitsBytes) + softcapBytes),
      paddedLabels(context),
      shiftedLabels(context),
    ),
    saved: plus(perLogit(context, FP32_BYTES + held), labels),
    backward: plus(perLogit(context, BACKWARD_BYTES + held), labels),
    headBackward: perLogit(context, context.logitsBytes + keptBytes),
    isHeadGradientInForward: false,
  };
};
