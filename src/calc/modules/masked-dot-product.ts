import type { Heads } from "#calc/tape/tape.ts";
import { withoutAutocast } from "#calc/tape/autocast.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { flashAttention } from "#calc/tape/ops/flash-attention.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { groupsOf } from "./heads.ts";
import { mathAttention, toKernel } from "./scaled-dot-product.ts";
import { type SdpaKernel, sdpaKernel } from "#calc/model/sdpa-kernel.ts";

/**
 * `F.scaled_dot_product_attention` with a mask of bools, which becomes a bias in the dtype of the queries.
 *
 * @param best the best kernel that the card has
 */
export const maskedDotProduct = (heads: Heads, mask: Tensor, best: SdpaKernel = "flash"): Tensor =>
  scoped(mask.tape, () => {
    const cast = toKernel(heads);
    const { query, key, value } = cast;
    const bias = bind(compute({ name: "where", shape: shapeOf("b", 1, "s", "s"), dtype: query.dtype }, mask));
    const asked = { dtype: query.dtype, isMasked: true, isGrouped: groupsOf(heads) > 1 };
    if (sdpaKernel(best, asked) !== "math") return flashAttention([query, key, value], bias);
    return withoutAutocast(mask.tape, () => mathAttention(cast, bias));
  });
