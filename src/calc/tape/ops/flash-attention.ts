import { fresh } from "#calc/tape/tensor.ts";
import { shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { type Attended, attentionKernel } from "./attention-kernel.ts";

/**
 * The flash kernel on q, k, v of [b, heads, s, width]; with a bias what stands for the memory-efficient one where Falcon wants a mask without padding.
 * Backward accumulates q's gradient in fp32. With grouped heads it writes gradients of k and v for every query head, before it sums them.
 *
 * @param permuted whether the output lies as queries do that are cut out of [b, s, heads * width]; else heads come first, as in
 * `empty_like(q)` of contiguous queries.
 * @see Dao-AILab/flash-attention, csrc/flash_attn/flash_api.cpp, `mha_bwd`: `dq_accum`, `softmax_d`, `dk_expanded`.
 */
export const flashAttention = ([q, k, v]: Attended, bias: Tensor | null = null, permuted = true): Tensor => {
  const { tape } = q;
  const heads = q.shape.dims[1] ?? 1;
  const statistics = shapeOf("b", heads, "s");
  return attentionKernel([q, k, v], {
    name: "flash_attention",
    statistics,
    alwaysSums: true,
    bias,
    permuted,
    workspace: () => {
      fresh(tape, q.shape, "fp32");
      fresh(tape, statistics, "fp32");
      if (k.shape.dims[1] === heads) return;
      fresh(tape, q.shape, k.dtype);
      fresh(tape, withLast(q.shape, v.shape.dims[3] ?? 1), v.dtype);
    },
  });
};
