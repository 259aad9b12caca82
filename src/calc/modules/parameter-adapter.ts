import { drop } from "#calc/tape/tensor.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { foldProduct, matrixProduct } from "#calc/tape/ops/fold-product.ts";
import { to } from "#calc/tape/ops/to.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { permuteFactor, view } from "#calc/tape/ops/view.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Adapter } from "./loaded.ts";
import { lowRankOf } from "./tuners/low-rank.ts";

/**
 * The factors of the update of a stack of experts, [experts, out, rank] and [experts, rank, in], cast to the parameter's dtype and bound in
 * the caller's scope. Registering them adds their product to the parameter once, to check shapes, and drops the sum.
 *
 * @see PEFT 0.21, tuners/lora/layer.py, `ParamWrapper.get_delta_factors`, `_LoraFactorsProxy`
 */
export const expertFactors = (
  weight: Tensor,
  adapter: Adapter,
  experts: number,
): readonly [lhs: Tensor, rhs: Tensor] => {
  const { A, B } = lowRankOf(adapter);
  const [out = 1, both = 1] = B.shape.dims;
  const rank = Number(both) / experts;
  const ofB = permuteFactor(B, shapeOf(experts, out, rank));
  const lhs = bind(to(ofB, weight.dtype));
  const rhs = bind(to(view(A, shapeOf(experts, rank, A.shape.dims[1] ?? 1)), weight.dtype));
  drop(foldProduct(weight, [lhs, rhs]));
  return [lhs, rhs];
};

/** The stack plus its update, made anew for each use: as large as the stack itself. */
export const adaptedExperts = (weight: Tensor, factors: readonly [Tensor, Tensor]): Tensor =>
  bind(foldProduct(weight, factors));

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
