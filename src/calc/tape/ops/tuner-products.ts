// Products of tuners' factors: LoHa, LoKr's Kronecker product, OFT's blocks and adapted experts.

import { drop, fresh } from "#calc/tape/tensor.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import {
  arrivedGradient,
  record,
  attach,
  save,
  startNode,
  emptyLike,
  likeInput,
  withoutGraph,
  inPlace,
} from "#calc/tape/operation.ts";
import { lastDim, withLast, shapeOf, type Shape } from "#calc/tape/ledger/shape.ts";
import type { Tensor, Backward } from "#calc/tape/tape.ts";
import { unrecorded } from "#calc/tape/autograd.ts";
import { type Element, promotedType } from "#calc/base/dtypes.ts";
import { view } from "./views.ts";

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
        const g = arrivedGradient(gradients);
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
      const { tape } = arrivedGradient(gradients);
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

/** `w1_a`, `w1_b`, `w2_a`, `w2_b`: [out, rank], [rank, in], and the same again. */
type HadaFactors = readonly [w1_a: Tensor, w1_b: Tensor, w2_a: Tensor, w2_b: Tensor];

/** The weight's own shape, [out, in]. */
const wholeOf = ([a, b]: HadaFactors): ReturnType<typeof shapeOf> =>
  shapeOf(a.shape.dims[0] ?? 1, b.shape.dims[1] ?? 1);

/** Autocast is not there in backward: products are in the type of the factors then. */
const backwardOf =
  (factors: HadaFactors): Backward =>
  (gradients) => {
    const grad_out = arrivedGradient(gradients);
    const { tape } = grad_out;
    const whole = wholeOf(factors);
    const [w1_a, w1_b, w2_a, w2_b] = factors;
    const make = (dtype: Element): Tensor => fresh(tape, whole, dtype);
    make(grad_out.dtype);
    /** `grad_out * (a @ b)` */
    const timesProduct = (): Tensor => {
      const product = make(w1_a.dtype);
      const temp = make(promotedType(grad_out.dtype, w1_a.dtype));
      drop(product);
      return temp;
    };
    const ofPair = (temp: Tensor, [a, b]: readonly [Tensor, Tensor]): readonly [Tensor, Tensor] => {
      const grad_a = fresh(tape, a.shape, temp.dtype);
      return [grad_a, fresh(tape, b.shape, temp.dtype)];
    };
    const first = timesProduct();
    const ofFirst = ofPair(first, [w1_a, w1_b]);
    const second = timesProduct();
    drop(first);
    return [...ofFirst, ...ofPair(second, [w2_a, w2_b])];
  };

/** `((w1_a @ w1_b) * (w2_a @ w2_b)) * scale`, without a graph: each step is as large as the weight. */
const forward = (factors: HadaFactors): Tensor => {
  const [w1_a, w1_b, w2_a, w2_b] = factors;
  const { tape } = w1_a;
  const whole = wholeOf(factors);
  const product = (a: Tensor, b: Tensor): Tensor => {
    castForMatmul(b);
    return fresh(tape, whole, castForMatmul(a).dtype);
  };
  const [one, two] = [product(w1_a, w1_b), product(w2_a, w2_b)];
  const both = fresh(tape, whole, one.dtype);
  drop(one);
  drop(two);
  const scaled = fresh(tape, whole, both.dtype);
  drop(both);
  return scaled;
};

/**
 * LyCORIS' `HadaWeight`, a function with a backward of its own: it saves the four factors and makes their products again.
 *
 * @see peft 0.21, tuners/loha/layer.py, `HadaWeight`
 */
export const hadaWeight = (factors: HadaFactors): Tensor => {
  const node = startNode("HadaWeight", factors, backwardOf(factors));
  const weight = attach(
    unrecorded(factors[0].tape, "HadaWeight", () => forward(factors)),
    node,
  );
  if (node !== null) for (const factor of factors) save(node, factor);
  return weight;
};

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
    dtype: promotedType(aType, bType),
    saves: [ofB.node !== null && ofA, ofA.node !== null && ofB],
    backward: (gradients) => {
      const g = arrivedGradient(gradients);
      const bGradient = emptyLike(g, promotedType(g.dtype, aType));
      return [emptyLike(g, promotedType(g.dtype, bType)), bGradient];
    },
  });
  return view(product, shape);
};

/** `zeros(...)[:, rows, cols] = values`: in place. Backward picks the values' gradient out of the matrix's; the indices are buffers. */
export const scattered = (values: Tensor, shape: Shape): Tensor => {
  const zeros = withoutGraph({ name: "zeros", shape, dtype: values.dtype }, values);
  const node = startNode("index_put_", [values], likeInput);
  return inPlace(node, [zeros]);
};

/** `a.add_(b, alpha=...)`: the storage of a holds the sum; the gradient of b is another tensor. */
export const addScaledInPlace = (a: Tensor, b: Tensor): Tensor => {
  const node = startNode("add_", [a, b], (gradients) => {
    const g = arrivedGradient(gradients);
    return [g, emptyLike(g)];
  });
  return inPlace(node, [a, b]);
};
