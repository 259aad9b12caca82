import { castForMatmul } from "#calc/tape/autocast.ts";
import { arrived, record } from "#calc/tape/record.ts";
import { withLast } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { drop, fresh } from "#calc/tape/tape.ts";

/** `a @ b` of two matrices, both trained; the gradient of b first. Autocast casts b first. */
export const matrixProduct = (a: Tensor, b: Tensor): Tensor => {
  const second = castForMatmul(b);
  const first = castForMatmul(a);
  const [ofA, ofB] = [first.shape, second.shape];
  return record({
    name: "mm",
    inputs: [first, second],
    shape: withLast(ofA, ofB.dims[1] ?? 1),
    dtype: first.dtype,
    saves: [first, second],
    backward: (gradients) => {
      const g = arrived(gradients);
      const bGradient = fresh(g.tape, ofB, g.dtype);
      return [fresh(g.tape, ofA, g.dtype), bGradient];
    },
  });
};

/** `torch.baddbmm(weight, lhs, rhs, alpha=...)` of a frozen weight: each factor's gradient is a product, then times alpha. */
export const foldProduct = (weight: Tensor, lhs: Tensor, rhs: Tensor): Tensor => {
  const { dtype } = weight;
  const [ofLhs, ofRhs] = [lhs.shape, rhs.shape];
  return record({
    name: "baddbmm",
    inputs: [lhs, rhs, weight],
    shape: weight.shape,
    dtype,
    saves: [lhs, rhs],
    backward: (gradients) => {
      const { tape } = arrived(gradients);
      const scaled = (shape: typeof ofLhs): Tensor => {
        const product = fresh(tape, shape, dtype);
        const result = fresh(tape, shape, dtype);
        drop(product);
        return result;
      };
      return [scaled(ofLhs), scaled(ofRhs), null];
    },
  });
};
