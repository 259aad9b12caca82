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
 * The two factors of a stack of experts' update, [experts, out, rank] and [experts, rank, in], in the parameter's type: names of the caller.
 * Registering them folds them in once, to see that shapes agree, and drops the result.
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

/** The stack with its update, made when it is used: as large as the stack itself. */
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

/** A single matrix (a router) with its update, added once to see that shapes agree and once to be used. */
export const adaptedMatrix = (weight: Tensor, adapter: Adapter): Tensor => {
  const delta = bind(to(deltaWeight(adapter), weight.dtype));
  drop(add(weight, delta));
  return bind(add(weight, delta));
};
