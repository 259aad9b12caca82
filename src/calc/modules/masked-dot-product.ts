import type { Heads } from "#calc/tape/tape.ts";
import { withoutAutocast } from "#calc/tape/autocast.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { flashAttention } from "#calc/tape/ops/flash-attention.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { groupsOf } from "./heads.ts";
import { mathAttention, toKernel } from "./scaled-dot-product.ts";

/**
 * `F.scaled_dot_product_attention` with a mask of bools, which becomes a bias in the dtype of the queries. The flash kernel takes no mask.
 * The memory-efficient kernel runs where there are as many key heads as query heads, else the math kernel.
 */
export const maskedDotProduct = (heads: Heads, mask: Tensor, hasKernel = true): Tensor =>
  scoped(mask.tape, () => {
    const kernel = toKernel(heads);
    const { query, key, value } = kernel;
    const bias = bind(compute({ name: "where", shape: shapeOf("b", 1, "s", "s"), dtype: query.dtype }, mask));
    if (hasKernel && groupsOf(heads) === 1) return flashAttention([query, key, value], bias);
    return withoutAutocast(mask.tape, () => mathAttention(kernel, bias));
  });
