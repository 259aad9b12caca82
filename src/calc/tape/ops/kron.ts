import { promote } from "#calc/base/element.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { arrived, like, record } from "#calc/tape/record.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { view } from "./view.ts";

/**
 * `torch.kron(a, b)` of two matrices: the product of two views, [a0, 1, a1, 1] and [1, b0, 1, b1], seen as [a0 · b0, a1 · b1]. Each gradient is as large
 * as the result, and is summed to the factor's afterwards.
 *
 * @see aten/src/ATen/native/LinearAlgebra.cpp, `KronImpl`
 */
export const kron = (a: Tensor, b: Tensor): Tensor => {
  const [rows, columns] = [0, 1].map((dim) => Number(a.shape.dims[dim] ?? 1) * Number(b.shape.dims[dim] ?? 1));
  const shape = shapeOf(rows ?? 1, columns ?? 1);
  const [ofA, ofB] = [view(a, a.shape), view(b, b.shape)];
  const { dtype: aType } = ofA;
  const { dtype: bType } = ofB;
  const product = record({
    name: "kron",
    inputs: [ofA, ofB],
    shape,
    dtype: promote(aType, bType),
    saves: [ofB.node !== null && ofA, ofA.node !== null && ofB],
    backward: (gradients) => {
      const g = arrived(gradients);
      const bGradient = like(g, promote(g.dtype, aType));
      return [like(g, promote(g.dtype, bType)), bGradient];
    },
  });
  return view(product, shape);
};
