import { within } from "#calc/tape/recorder.ts";
import { consume, drop, fresh, freshBy } from "#calc/tape/tensor.ts";
import { attach, like, outputsOf, save, startNode } from "#calc/tape/record.ts";
import { shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/**
 * The flash kernel on q, k, v of [b, heads, s, width]; with a bias the memory-efficient one, which saves the bias too. Both save q, k, v,
 * the output and a fp32 log-sum-exp. Backward accumulates q's gradient in fp32. With grouped heads it writes gradients of k and v for every
 * query head, before it sums them.
 *
 * @param permuted whether the output lies as queries do that are cut out of [b, s, heads * width]; else heads come first, as in
 * `empty_like(q)` of contiguous queries.
 * @see Dao-AILab/flash-attention, csrc/flash_attn/flash_api.cpp, `mha_bwd`: `dq_accum`, `softmax_d`, `dk_expanded`.
 */
export const flashAttention = (
  [q, k, v]: readonly [Tensor, Tensor, Tensor],
  bias: Tensor | null = null,
  permuted = true,
): Tensor => {
  const { tape } = q;
  const name = "flash_attention";
  const heads = q.shape.dims[1] ?? 1;
  const statistics = shapeOf("b", heads, "s");
  const wide = withLast(q.shape, v.shape.dims[3] ?? 1);
  // Only shapes and layouts are needed after this, not the tensors.
  const node = startNode(name, [q, k, v], () => {
    within(tape.recorder, { term: "workspace" }, () => {
      fresh(tape, q.shape, "fp32");
      fresh(tape, statistics, "fp32");
      if (k.shape.dims[1] === heads) return;
      fresh(tape, q.shape, k.dtype);
      fresh(tape, wide, v.dtype);
    });
    return [like(q), like(k), like(v)];
  });
  const make = (): readonly Tensor[] => [
    freshBy(tape, { name, shape: wide, dtype: q.dtype }),
    freshBy(tape, { name, shape: statistics, dtype: "fp32" }),
  ];
  const [output, logSumExp] = outputsOf(tape, name, make) as [Tensor, Tensor];
  output.permuted = permuted;
  attach(output, node);
  if (node !== null) for (const saved of [q, k, v, output, logSumExp, bias]) if (saved !== null) save(node, saved);
  drop(logSumExp);
  for (const input of [q, k, v]) consume(input);
  return output;
};
