// Kernels of expert layers: Unsloth's fused SwiGLU, gate gradient and unpermute, and Phi's sparsemixer.

import type { Element } from "#calc/base/dtypes.ts";
import { type Shape, withLast, lastDim } from "#calc/tape/ledger/shape.ts";
import {
  arrivedGradient,
  attach,
  emptyLike,
  record,
  save,
  saveUnread,
  startNode,
  likeInput,
} from "#calc/tape/operation.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { aliasOf, consume, drop, freshBy, fresh } from "#calc/tape/tensor.ts";

/** `_FusedSwiGLU`: gate and up in one input, which one kernel reads and its node keeps. @see unsloth-zoo 2026.10.9, temporary_patches/moe_fused_swiglu.py */
export const fusedSwiglu = (x: Tensor): Tensor =>
  record({
    name: "fused_swiglu",
    inputs: [x],
    shape: withLast(x.shape, Number(lastDim(x.shape)) / 2),
    dtype: x.dtype,
    saves: [x],
    backward: likeInput,
  });

/** One number a row in fp32, from the products of all of x with its gradient, which are three tensors of that size for a moment. */
const rowSums = (x: Tensor, gradient: Tensor): Tensor => {
  const [a, b] = [emptyLike(x, "fp32"), emptyLike(gradient, "fp32")];
  const products = emptyLike(x, "fp32");
  drop(a);
  drop(b);
  const sums = freshBy(x.tape, { name: x.tape.recorder.op, shape: withLast(x.shape, 1), dtype: "fp32" });
  drop(products);
  return sums;
};

/** The gradient of the rows' weights: sums divided by weights that are kept from zero. */
const weightGradient = (sums: Tensor, weights: Tensor): Tensor => {
  const floats = weights.dtype === "fp32" ? null : emptyLike(weights, "fp32");
  const parts = [emptyLike(weights, "bool"), emptyLike(weights, "fp32"), emptyLike(weights, "fp32")];
  const floored = emptyLike(weights, "fp32");
  parts.forEach(drop);
  const quotient = emptyLike(weights, "fp32");
  drop(floored);
  if (floats === null) return quotient;
  const gradient = emptyLike(weights);
  for (const each of [quotient, floats, sums]) drop(each);
  return gradient;
};

/**
 * `_MoEGateGradIdentity`: hands on the input of the down projection; its backward takes the gradient of the rows' weights from that, so that the projection's
 * output is not kept.
 *
 * @see unsloth-zoo 2026.10.9, temporary_patches/moe_utils.py
 */
export const gateGradient = (x: Tensor, weights: Tensor): Tensor => {
  const node = startNode("moe_gate_grad", [x, weights], (gradients) => {
    const g = arrivedGradient(gradients);
    return [g, weightGradient(rowSums(x, g), weights)];
  });
  if (node !== null) for (const saved of [x, weights]) save(node, saved);
  const same = attach(aliasOf(x, x.shape), node);
  same.view = true;
  consume(x);
  return same;
};

/** Which row is which, the weights that rows are multiplied by, and what comes out. */
type Unpermuted = Readonly<{ order: Tensor; weights: Tensor; shape: Shape; dtype: Element }>;

/**
 * `_WeightedUnpermute`: rows weighted, put back in order and summed in one kernel. Backward unpacks both that it saved before it makes the gradient; in references,
 * which have no such kernel, nobody unpacks them.
 *
 * @see unsloth-zoo 2026.10.9, temporary_patches/moe_triton_kernels.py
 */
export const unpermute = (y: Tensor, { order, weights, shape, dtype }: Unpermuted): Tensor => {
  const { tape } = y;
  const node = startNode("weighted_unpermute", [y], () => [emptyLike(y)]);
  const saveOne = tape.policies.fakeTensors ? saveUnread : save;
  if (node !== null) for (const saved of [order, weights]) saveOne(node, saved);
  const inverse = emptyLike(order);
  drop(emptyLike(order));
  const output = attach(freshBy(tape, { name: "weighted_unpermute", shape, dtype }), node);
  drop(inverse);
  consume(y);
  return output;
};

/**
 * `sparsemixer`: draws `k` experts one after the other. For each it saves the mask, the masked gates, the index that was drawn and its
 * gate. Its temporaries are left out: they are gone when it returns, and smaller than the experts'.
 *
 * @see transformers 5.24, modeling_phimoe.py
 */
export const sparseMixer = (scores: Tensor, k: number): readonly [multiplier: Tensor, selected_experts: Tensor] => {
  const { tape, shape, dtype } = scores;
  const node = startNode("sparsemixer", [scores], (gradients) => [
    fresh(tape, shape, arrivedGradient(gradients).dtype),
  ]);
  const make = (of: Shape, type: Element): Tensor => freshBy(tape, { name: "sparsemixer", shape: of, dtype: type });
  const one = withLast(shape, 1);
  for (let drawn = 0; node !== null && drawn < k; drawn++) {
    for (const tensor of [make(shape, "bool"), make(shape, dtype), make(one, "int64"), make(one, dtype)]) {
      save(node, tensor);
      drop(tensor);
    }
  }
  const chosen = withLast(shape, k);
  const multiplier = attach(make(chosen, dtype), node);
  consume(scores);
  return [multiplier, make(chosen, "int64")];
};
