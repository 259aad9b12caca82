// Attention kernels that keep no scores: flash and memory-efficient.

import { consume, drop, freshBy, fresh } from "#calc/tape/tensor.ts";
import { attach, emptyLike, outputsOf, save, startNode } from "#calc/tape/operation.ts";
import { withLast, type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import { withMarks } from "#calc/tape/recorder.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** Queries, keys and values of [b, heads, s, width]. */
type Attended = readonly [query: Tensor, key: Tensor, value: Tensor];

/** How a kernel differs from others. */
type Kernel = Readonly<{
  name: string;
  /** The shape of the fp32 log-sum-exp. */
  statistics: Shape;
  /** Whether it has a log-sum-exp where no gradient is asked for. */
  alwaysSums: boolean;
  bias: Tensor | null;
  permuted: boolean;
  /** Allocates what backward needs beside the gradients, until it returns. */
  workspace: () => void;
}>;

/** A kernel of attention that keeps no scores: it saves its inputs, the output and a fp32 log-sum-exp. */
const attentionKernel = (
  [q, k, v]: Attended,
  { name, statistics, alwaysSums, bias, permuted, workspace }: Kernel,
): Tensor => {
  const { tape } = q;
  const wide = withLast(q.shape, v.shape.dims[3] ?? 1);
  // Only shapes and layouts are needed after this, not the tensors.
  const node = startNode(name, [q, k, v], () => {
    withMarks(tape.recorder, { term: "workspace" }, workspace);
    return [emptyLike(q), emptyLike(k), emptyLike(v)];
  });
  const make = (): readonly Tensor[] => [
    freshBy(tape, { name, shape: wide, dtype: q.dtype }),
    ...(alwaysSums || node !== null ? [freshBy(tape, { name, shape: statistics, dtype: "fp32" })] : []),
  ];
  const [output, logSumExp] = outputsOf(tape, name, make) as [Tensor, Tensor | undefined];
  output.permuted = permuted;
  attach(output, node);
  if (node !== null) for (const saved of [q, k, v, output, logSumExp, bias]) if (saved) save(node, saved);
  if (logSumExp !== undefined) drop(logSumExp);
  for (const input of [q, k, v]) consume(input);
  return output;
};

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
