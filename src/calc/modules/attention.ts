import type { Heads } from "#calc/tape/tape.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import { reshape } from "#calc/tape/ops/view.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { eagerAttention } from "./eager-attention.ts";
import type { Attended, AttentionContext } from "./heads.ts";
import { sequenceFirst } from "./heads.ts";
import { scaledDotProduct } from "./scaled-dot-product.ts";
import { bestKernelOf } from "#calc/model/sdpa-kernel.ts";

/** The attention that `attn_implementation` names: the output in [b, s, heads * width], and the weights. */
export const attention = (options: StepOptions, heads: Heads, context: AttentionContext): Attended => {
  const { attn_implementation } = options;
  const kernel = (inner: Heads): Tensor => sequenceFirst(scaledDotProduct(inner, bestKernelOf(options)));
  const [output, weights] =
    attn_implementation === "eager"
      ? eagerAttention(heads, context)
      : [heads.query.tape.hooks.ranks?.exchange?.(heads, kernel) ?? kernel(heads), null];
  const [, , count = 1, width = 1] = output.shape.dims;
  return [reshape(output, shapeOf("b", "s", Number(count) * Number(width))), weights];
};
