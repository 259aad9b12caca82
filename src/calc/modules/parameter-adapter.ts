// PEFT's adapters on parameters: fused experts, packed or not, and single matrices such as routers.

import { drop } from "#calc/tape/tensor.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";
import { batchProduct, foldProduct, matrixProduct } from "#calc/tape/ops/tuner-products.ts";
import { to, permuteFactor, view } from "#calc/tape/ops/views.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { bind, scoped, unname } from "#calc/tape/scope.ts";
import type { Dim } from "#calc/tape/ledger/dimension.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Adapter } from "./loaded-modules.ts";
import { lowRankOf } from "./tuners/lora.ts";

/** The sizes of an adapter of fused experts: of one expert's part of it. */
const sizesOf = (adapter: Adapter, experts: number): Readonly<{ out: Dim; rank: number; inner: Dim }> => {
  const { A, B } = lowRankOf(adapter);
  const [out = 1, both = 1] = B.shape.dims;
  return { out, rank: Number(both) / experts, inner: A.shape.dims[1] ?? 1 };
};

/**
 * The factors of the update of fused experts, [experts, out, rank] and [experts, rank, in] (of those that are stored transposed: of A, then of B), cast to the parameter's dtype and bound in
 * the caller's scope. Registering them adds their product to the parameter once, to check shapes, and drops the sum.
 *
 * @see PEFT 0.21, tuners/lora/layer.py, `ParamWrapper.get_delta_factors`, `_LoraFactorsProxy`
 */
export const expertFactors = (
  weight: Tensor,
  adapter: Adapter,
  { experts, transposed }: Readonly<{ experts: number; transposed: boolean }>,
): readonly [lhs: Tensor, rhs: Tensor] => {
  const { A, B } = lowRankOf(adapter);
  const { out, rank, inner } = sizesOf(adapter, experts);
  const lhs = transposed
    ? permuteFactor(A, shapeOf(experts, inner, rank))
    : permuteFactor(B, shapeOf(experts, out, rank));
  const left = bind(to(lhs, weight.dtype));
  const rhs = transposed ? permuteFactor(B, shapeOf(experts, rank, out)) : view(A, shapeOf(experts, rank, inner));
  const right = bind(to(rhs, weight.dtype));
  drop(foldProduct(weight, [left, right]));
  return [left, right];
};

/** Fused experts plus their update, made anew for each use: as large as they are. */
export const adaptedExperts = (weight: Tensor, factors: readonly [Tensor, Tensor]): Tensor =>
  bind(foldProduct(weight, factors));

/** The update of packed experts, whole: what autocast multiplies in, times the scaling. */
const expertsDelta = (adapter: Adapter, experts: number): Tensor => {
  const { A, B } = lowRankOf(adapter);
  const { out, rank, inner } = sizesOf(adapter, experts);
  const ofB = permuteFactor(B, shapeOf(experts, out, rank));
  const ofA = view(A, shapeOf(experts, rank, inner));
  return scale(batchProduct(ofB, ofA));
};

/**
 * PEFT before 0.21 on packed experts: the update is made whole, the weights are read for their type, and W + update is made once to check shapes. Bound in the caller's
 * scope. PEFT reads the weights up to three times for that, one after the other: one read stands for all.
 *
 * @see PEFT 0.20, tuners/lora/layer.py, `ParamWrapper.get_delta_weight`, `_activate_lora`; torch/nn/utils/parametrize.py, `register_parametrization`
 */
export const packedExpertsDelta = (read: () => Tensor, adapter: Adapter, experts: number): Tensor => {
  const made = expertsDelta(adapter, experts);
  const param = bind(read());
  const delta = bind(to(made, param.dtype));
  drop(add(param, delta));
  unname(param);
  return delta;
};

/** W + update of packed experts, for use; bound in the caller's scope. */
export const withDelta = (weight: Tensor, delta: Tensor): Tensor => bind(add(weight, delta));

/** `get_delta_weight`: scaling * B @ A; on a CPU, where references run, 16-bit adapters are multiplied in fp32. */
const deltaWeight = (adapter: Adapter): Tensor => {
  const { A, B } = lowRankOf(adapter);
  return scoped(A.tape, () => {
    const cast = (matrix: Tensor): Tensor => bind(A.tape.policies.fakeTensors ? to(matrix, "fp32") : matrix);
    const [weight_A, weight_B] = [cast(A), cast(B)];
    const delta = scale(matrixProduct(weight_B, weight_A));
    return A.dtype === "bf16" ? to(delta, "bf16") : delta;
  });
};

/** A single matrix (a router) plus its update. The sum is made once to check shapes, and once more for use. */
export const adaptedMatrix = (weight: Tensor, adapter: Adapter): Tensor => {
  const delta = bind(to(deltaWeight(adapter), weight.dtype));
  drop(add(weight, delta));
  return bind(add(weight, delta));
};
