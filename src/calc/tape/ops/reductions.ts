// Reductions: mean, standard deviation, sums, norm, mean without NaN.

import { fresh, aliasOf, drop } from "#calc/tape/tensor.ts";
import { arrivedGradient, record, emptyLike, likeInput, withoutGraph } from "#calc/tape/operation.ts";
import { withLast, type Shape, shapeOf, ONE } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { divideByCount } from "./arithmetic.ts";

/** `x.mean(-1, keepdim=True)`: backward spreads the gradient over a full-size tensor. */
export const mean = (x: Tensor): Tensor =>
  record({ name: "mean", inputs: [x], shape: withLast(x.shape, 1), dtype: x.dtype, backward: likeInput });

/** `x.std(-1, keepdim=True)`: saves x and the result. Backward multiplies x minus its mean, one temporary. */
export const std = (x: Tensor): Tensor => {
  const { shape } = x;
  return record({
    name: "std",
    inputs: [x],
    shape: withLast(shape, 1),
    dtype: x.dtype,
    saves: [x],
    savesOutput: true,
    backward: (gradients) => {
      fresh(x.tape, shape, arrivedGradient(gradients).dtype);
      return [fresh(x.tape, shape, arrivedGradient(gradients).dtype)];
    },
  });
};

/**
 * `x.sum(dim)` to `shape`. Backward expands the gradient, which is a view. The backward of the `view` before it copies that; the copy is
 * counted here.
 */
export const sumTo = (x: Tensor, shape: Shape): Tensor =>
  record({ name: "sum", inputs: [x], shape, dtype: x.dtype, backward: likeInput });

/** `x.sum(dim)` to `shape` where nothing copies the gradient: backward expands it, a view. */
export const sumExpanded = (x: Tensor, shape: Shape): Tensor => {
  const from = x.shape;
  return record({
    name: "sum",
    inputs: [x],
    shape,
    dtype: x.dtype,
    backward: (gradients) => [aliasOf(arrivedGradient(gradients), from)],
  });
};

/** `x.sum(-1, keepdim=True)` where nothing copies the gradient: backward expands it, a view, which takes no memory. */
export const sumLast = (x: Tensor): Tensor => sumExpanded(x, withLast(x.shape, 1));

/**
 * `torch.norm(x)`, of all elements. Backward is x * (g / norm), where no norm is 0.
 *
 * @see torch/csrc/autograd/FunctionsManual.cpp, `linalg_vector_norm_backward`
 */
export const norm = (x: Tensor): Tensor => {
  const { tape, dtype } = x;
  return record({
    name: "linalg_vector_norm",
    inputs: [x],
    shape: shapeOf(),
    dtype,
    saves: [x],
    savesOutput: true,
    backward: (gradients) => {
      const g = arrivedGradient(gradients);
      const quotient = emptyLike(g);
      drop(fresh(tape, shapeOf(), "bool"));
      const gradient = fresh(tape, x.shape, dtype);
      drop(quotient);
      return [gradient];
    },
  });
};

/** `x.nansum()`: saves x, whose numbers that are none get no gradient. */
const nanSum = (x: Tensor): Tensor => {
  const { shape } = x;
  return record({
    name: "nansum",
    inputs: [x],
    shape: ONE,
    dtype: x.dtype,
    saves: [x],
    backward: (gradients) => {
      const g = arrivedGradient(gradients);
      for (let mask = 0; mask < 2; mask++) fresh(g.tape, shape, "bool");
      return [fresh(g.tape, shape, g.dtype)];
    },
  });
};

/** `x.nanmean()`: the sum over how many numbers are some. */
export const nanMean = (x: Tensor): Tensor => {
  const isSome = withoutGraph({ name: "ne", shape: x.shape, dtype: "bool" }, x, x);
  const count = withoutGraph({ name: "sum", shape: ONE, dtype: "int64" }, isSome);
  return divideByCount(nanSum(x), count);
};
