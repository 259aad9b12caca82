import { drop, fresh } from "#calc/tape/tensor.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import { arrived, record } from "#calc/tape/record.ts";
import { lastDim, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

const matrixProductOf =
  (name: "mm" | "bmm") =>
  (a: Tensor, b: Tensor): Tensor => {
    const second = castForMatmul(b);
    const first = castForMatmul(a);
    const [ofA, ofB] = [first.shape, second.shape];
    return record({
      name,
      inputs: [first, second],
      shape: withLast(ofA, lastDim(ofB)),
      dtype: first.dtype,
      saves: [first, second],
      backward: (gradients) => {
        const g = arrived(gradients);
        const bGradient = fresh(g.tape, ofB, g.dtype);
        return [fresh(g.tape, ofA, g.dtype), bGradient];
      },
    });
  };

/** `a @ b` of two matrices, both trained: backward makes the gradient of b first. Autocast casts b first, too. */
export const matrixProduct = matrixProductOf("mm");

/** The same of a stack of matrices each: `torch.bmm`, which `torch.einsum` runs. */
export const batchProduct = matrixProductOf("bmm");

/**
 * `torch.baddbmm(base, lhs, rhs, alpha=...)` of a base without a gradient. The gradient of each factor is a product, and another tensor for
 * alpha times that.
 */
export const foldProduct = (base: Tensor, [lhs, rhs]: readonly [Tensor, Tensor], shape = base.shape): Tensor => {
  const { dtype } = lhs;
  const [ofLhs, ofRhs] = [lhs.shape, rhs.shape];
  const [lhsNeeds, rhsNeeds] = [lhs.node !== null, rhs.node !== null];
  return record({
    name: "baddbmm",
    inputs: [lhs, rhs, base],
    shape,
    dtype,
    saves: [rhsNeeds && lhs, lhsNeeds && rhs],
    backward: (gradients) => {
      const { tape } = arrived(gradients);
      const scaled = (ofFactor: typeof ofLhs): Tensor => {
        const product = fresh(tape, ofFactor, dtype);
        const result = fresh(tape, ofFactor, dtype);
        drop(product);
        return result;
      };
      return [lhsNeeds ? scaled(ofLhs) : null, rhsNeeds ? scaled(ofRhs) : null, null];
    },
  });
};
