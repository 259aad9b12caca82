import type { Element } from "#calc/base/element.ts";
import { type Shape, withLast } from "#calc/tape/ledger/shape.ts";
import { lastDim } from "#calc/tape/ledger/shape.ts";
import { arrived, attach, like, record, save, saveUnread, startNode } from "#calc/tape/record.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { aliasOf, consume, drop, freshBy } from "#calc/tape/tensor.ts";
import { likeInput } from "./backwards.ts";

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
  const [a, b] = [like(x, "fp32"), like(gradient, "fp32")];
  const products = like(x, "fp32");
  drop(a);
  drop(b);
  const sums = freshBy(x.tape, { name: x.tape.recorder.op, shape: withLast(x.shape, 1), dtype: "fp32" });
  drop(products);
  return sums;
};

/** The gradient of the rows' weights: sums divided by weights that are kept from zero. */
const weightGradient = (sums: Tensor, weights: Tensor): Tensor => {
  const floats = weights.dtype === "fp32" ? null : like(weights, "fp32");
  const parts = [like(weights, "bool"), like(weights, "fp32"), like(weights, "fp32")];
  const floored = like(weights, "fp32");
  parts.forEach(drop);
  const quotient = like(weights, "fp32");
  drop(floored);
  if (floats === null) return quotient;
  const gradient = like(weights);
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
    const g = arrived(gradients);
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
  const node = startNode("weighted_unpermute", [y], () => [like(y)]);
  const saveOne = tape.policies.fakeTensors ? saveUnread : save;
  if (node !== null) for (const saved of [order, weights]) saveOne(node, saved);
  const inverse = like(order);
  drop(like(order));
  const output = attach(freshBy(tape, { name: "weighted_unpermute", shape, dtype }), node);
  drop(inverse);
  consume(y);
  return output;
};
