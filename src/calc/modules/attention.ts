import type { StepOptions } from "#calc/step/step-options.ts";
import { contiguous, reshape, transpose } from "#calc/tape/ops/view.ts";
import { shapeOf } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { eagerAttention } from "./eager-attention.ts";
import { scaledDotProduct } from "./scaled-dot-product.ts";

/** Queries, keys and values in [b, heads, s, width], bound by the caller. */
export type Heads = Readonly<{ query: Tensor; key: Tensor; value: Tensor }>;

/** What the layer hands to attention besides. */
export type AttentionContext = Readonly<{ mask: Tensor | null; softcap?: boolean; dropout?: number; softmaxAsIs?: boolean }>;

/** The output, and with eager attention the weights, which stay with the caller. */
export type Attended = readonly [attn_output: Tensor, attn_weights: Tensor | null];

/** [b, heads, s, width] to [b, s, heads, width] in plain order; the flash kernel's output lies so already. */
export const sequenceFirst = (output: Tensor): Tensor => {
  const [, heads = 1, , width = 1] = output.shape.dims;
  return contiguous(transpose(output, shapeOf("b", "s", heads, width)));
};

/** The attention that `attn_implementation` names, [b, s, heads * width]. */
export const attention = (options: StepOptions, heads: Heads, context: AttentionContext): Attended => {
  const [output, weights] =
    options.attn_implementation === "eager" ? eagerAttention(heads, context) : [sequenceFirst(scaledDotProduct(heads)), null];
  const [, , count = 1, width = 1] = output.shape.dims;
  return [reshape(output, shapeOf("b", "s", Number(count) * Number(width))), weights];
};
