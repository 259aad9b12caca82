import type { Heads } from "#calc/tape/tape.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import { reshape } from "#calc/tape/ops/view.ts";
import { repeatHeads } from "#calc/tape/ops/matmul.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { cachedHeads, isOfToken, maskBeside } from "./cached-heads.ts";
import { eagerAttention } from "./eager-attention.ts";
import type { Attended, AttentionContext } from "./heads.ts";
import { groupsOf, sequenceFirst } from "./heads.ts";
import { maskedDotProduct, tokenDotProduct } from "./masked-dot-product.ts";
import { scaledDotProduct } from "./scaled-dot-product.ts";
import { bestKernelOf } from "#calc/model/sdpa-kernel.ts";

/** `sdpa_attention_forward` with a mask of bools: `enable_gqa` is for calls without one, so keys and values are repeated for every query head. */
const masked = (options: StepOptions, heads: Heads, mask: Tensor): Tensor =>
  scoped(mask.tape, () => {
    const groups = groupsOf(heads);
    const [key, value] = [bind(repeatHeads(heads.key, groups)), bind(repeatHeads(heads.value, groups))];
    return sequenceFirst(maskedDotProduct({ query: heads.query, key, value }, mask, options));
  });

/** The attention that `attn_implementation` names: the output in [b, s, heads * width], and the weights. */
export const attention = (options: StepOptions, given: Heads, context: AttentionContext): Attended => {
  const { attn_implementation } = options;
  const { mask } = context;
  const heads = cachedHeads(given);
  const kernel = (inner: Heads): Tensor => {
    if (mask === null) return sequenceFirst(scaledDotProduct(inner, bestKernelOf(options)));
    return isOfToken(inner) ? sequenceFirst(tokenDotProduct(inner, mask, options)) : masked(options, inner, mask);
  };
  const [output, weights] =
    attn_implementation === "eager"
      ? eagerAttention(heads, { ...context, mask: mask && maskBeside(heads, mask) })
      : [heads.query.tape.hooks.ranks?.exchange?.(heads, kernel) ?? kernel(heads), null];
  const [, , count = 1, width = 1] = output.shape.dims;
  return [reshape(output, shapeOf("b", "s", Number(count) * Number(width))), weights];
};
