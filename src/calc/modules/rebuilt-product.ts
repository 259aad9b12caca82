import type { Dim } from "#calc/tape/ledger/dimension.ts";
import { type Shape, withLast } from "#calc/tape/ledger/shape.ts";
import { arrived, attach, keepOutsideCheckpoint, save, startNode } from "#calc/tape/record.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { consume, drop, fresh, freshBy } from "#calc/tape/tensor.ts";

/** What Unsloth computes experts in. */
export const COMPUTE = "bf16";

/** The shape of packed weights; how many tokens each expert has, and up to which row (null: all have equally many); the width of the result. */
export type RebuiltWeights = Readonly<{
  weights: Shape;
  rows: Readonly<{ counts: Tensor; offsets: Tensor }> | null;
  width: Dim;
}>;

/**
 * `_GroupedMMRecompute`: the weights are dequantised for the product and go with it; backward dequantises it again. Its node keeps the offsets, and the counts as
 * part of what makes the weights.
 *
 * @see unsloth-zoo 2026.10.9, temporary_patches/moe_utils.py
 */
export const rebuiltProduct = (x: Tensor, { weights, rows, width }: RebuiltWeights): Tensor => {
  const { tape, shape } = x;
  const name = "grouped_mm_recompute";
  const rebuild = (op: string): Tensor =>
    freshBy(tape, { name: op, shape: weights, dtype: COMPUTE, term: "workspace" });
  const node = startNode(name, [x], (gradients) => {
    rebuild(tape.recorder.op);
    return [fresh(tape, shape, arrived(gradients).dtype)];
  });
  if (node !== null && rows !== null) {
    keepOutsideCheckpoint(node, rows.counts);
    save(node, rows.offsets);
  }
  const weight = rebuild("dequantize");
  const product = attach(freshBy(tape, { name, shape: withLast(shape, width), dtype: COMPUTE }), node);
  drop(weight);
  consume(x);
  return product;
};
