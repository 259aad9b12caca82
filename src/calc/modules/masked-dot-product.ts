import type { Heads } from "#calc/tape/tape.ts";
import { withoutAutocast } from "#calc/tape/autocast.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { efficientAttention } from "#calc/tape/ops/efficient-attention.ts";
import { flashAttention } from "#calc/tape/ops/flash-attention.ts";
import { slice } from "#calc/tape/ops/view.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import { groupsOf } from "./heads.ts";
import { mathAttention, toKernel } from "./scaled-dot-product.ts";
import { bestKernelOf, sdpaKernel } from "#calc/model/sdpa-kernel.ts";

/** `preprocess_mask`: the kernel reads rows of a bias in eights. Where they are no multiple of 8 long, it is given a part of a copy whose rows are. */
const aligned = (bias: Tensor, rows: "even" | "odd"): Tensor => {
  if (rows === "even") return bias;
  const { dtype, shape } = bias;
  const copy = { name: "constant_pad_nd", shape: shapeOf("b", 1, "s", "s8"), dtype } as const;
  return bind(slice(rebind(bias, compute(copy, bias)), shape));
};

/** `F.scaled_dot_product_attention` with a mask of bools, which becomes a bias in the dtype of the queries. */
export const maskedDotProduct = (heads: Heads, mask: Tensor, options: StepOptions): Tensor =>
  scoped(mask.tape, () => {
    const cast = toKernel(heads);
    const { query, key, value } = cast;
    const bias = bind(compute({ name: "where", shape: shapeOf("b", 1, "s", "s"), dtype: query.dtype }, mask));
    const asked = { dtype: query.dtype, isMasked: true, isGrouped: groupsOf(heads) > 1 };
    if (sdpaKernel(bestKernelOf(options), asked) === "math")
      return withoutAutocast(mask.tape, () => mathAttention(cast, bias));
    const rows = options.padding ?? options.windowMask;
    return rows === undefined
      ? flashAttention([query, key, value], bias)
      : efficientAttention([query, key, value], aligned(bias, rows));
  });

/**
 * The same for one token of each row beside a cache of keys and values: heads of queries that share keys are packed into one (`pack_gqa`), so none are repeated.
 *
 * @see transformers 5.24, integrations/sdpa_attention.py
 */
export const tokenDotProduct = (heads: Heads, mask: Tensor, options: StepOptions): Tensor =>
  scoped(mask.tape, () => {
    const cast = toKernel(heads);
    const { query, key, value } = cast;
    const { dtype } = query;
    const tokens = key.shape.dims[2] ?? 1;
    let bias = bind(compute({ name: "where", shape: shapeOf("b", 1, 1, tokens), dtype }, mask));
    if (sdpaKernel(bestKernelOf(options), { dtype, isMasked: true, isGrouped: false }) === "math")
      return withoutAutocast(mask.tape, () => mathAttention(cast, bias));
    if (options.mismatchedPadding === "odd" && tokens === "mismatched s")
      bias = rebind(
        bias,
        compute({ name: "constant_pad_nd", shape: shapeOf("b", 1, 1, "mismatched s8"), dtype }, bias),
      );
    return efficientAttention([query, key, value], bias);
  });
