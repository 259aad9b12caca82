import { fresh } from "#calc/tape/tensor.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { type Attended, attentionKernel } from "./attention-kernel.ts";

/**
 * The memory-efficient kernel on q, k, v of [b, heads, s, width], as many heads each, and a bias, which it saves too. Its log-sum-exp has whole blocks of 32
 * rows. Backward accumulates q's gradient in fp32 unless that is its type, and sums each row of the output times its gradient.
 *
 * @see PyTorch 2.13, aten/src/ATen/native/transformers/cuda/attention.cu, `_efficient_attention_forward`; attention_backward.cu, `workspace_size`
 */
export const efficientAttention = ([q, k, v]: Attended, bias: Tensor): Tensor => {
  const { tape } = q;
  const heads = q.shape.dims[1] ?? 1;
  return attentionKernel([q, k, v], {
    name: "efficient_attention",
    statistics: shapeOf("b", heads, "s32"),
    alwaysSums: false,
    bias,
    permuted: true,
    workspace: () => {
      fresh(tape, shapeOf("b", heads, "s"), "fp32");
      if (q.dtype !== "fp32") fresh(tape, q.shape, "fp32");
    },
  });
};
