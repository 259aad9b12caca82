import type { StepOptions } from "#calc/step/step-options.ts";
import { flashAttention } from "#calc/tape/ops/flash-attention.ts";
import { to } from "#calc/tape/ops/to.ts";
import { contiguous, reshape, transpose } from "#calc/tape/ops/view.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** Queries, keys and values in [b, heads, s, width]. */
export type Heads = Readonly<{ query: Tensor; key: Tensor; value: Tensor }>;

/** `F.scaled_dot_product_attention`: under autocast in 16 bit; the flash kernel where it can. */
const scaledDotProduct = ({ query, key, value }: Heads): Tensor =>
  scoped(query.tape, () => {
    const { autocast } = query.tape;
    const cast = (x: Tensor): Tensor => bind(autocast === null ? x : to(x, autocast));
    const [q, k, v] = [cast(query), cast(key), cast(value)];
    return flashAttention(q, k, v);
  });

/** `sdpa_attention_forward`: back to [b, s, heads, width], which is how the flash kernel's output lies already. */
const sdpaAttention = (heads: Heads): Tensor => {
  const output = scaledDotProduct(heads);
  const [, count = 1, , width = 1] = output.shape.dims;
  return contiguous(transpose(output, shapeOf("b", "s", count, width)));
};

/** The attention that `attn_implementation` names, on names bound by the caller: [b, s, heads * width]. */
export const attention = (_options: StepOptions, heads: Heads, _context: Readonly<{ mask: Tensor | null }>): Tensor => {
  const output = sdpaAttention(heads);
  const [, , count = 1, width = 1] = output.shape.dims;
  return reshape(output, shapeOf("b", "s", Number(count) * Number(width)));
};
