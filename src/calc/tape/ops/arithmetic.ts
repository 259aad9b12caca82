// Arithmetic of two tensors, or a tensor and a scalar, also in place: sums, products, quotients.

import { isNeverMore } from "#calc/tape/ledger/growth.ts";
import { type Shape, sameElements } from "#calc/tape/ledger/shape.ts";
import type { Tensor, Backward } from "#calc/tape/tape.ts";
import { promotedType } from "#calc/base/dtypes.ts";
import {
  arrivedGradient,
  emptyLike,
  record,
  attach,
  save,
  startNode,
  bothInputsOf,
  likeGradient,
  inPlace,
} from "#calc/tape/operation.ts";
import { withMarks } from "#calc/tape/recorder.ts";
import { aliasOf, consume, drop, fresh } from "#calc/tape/tensor.ts";

/** The shape of a broadcast result, given that one operand has it already: [b, s, h] and [h] → [b, s, h]. */
const broadcast = (one: Tensor, other: Tensor): Shape => {
  if (sameElements(one.shape, other.shape)) return one.shape;
  const isLarger =
    one.shape.growth === other.shape.growth
      ? one.shape.factor > other.shape.factor
      : isNeverMore(other.shape.growth, one.shape.growth);
  return isLarger ? one.shape : other.shape;
};

/** Whether the result is permuted: the first operand that has the shape of the result decides. */
const layoutOf = (shape: Shape, one: Tensor, other: Tensor): boolean =>
  sameElements(shape, one.shape) ? one.permuted : other.permuted;

const mulBackward: Backward = (gradients, node) => {
  const [a, b] = bothInputsOf(node);
  const g = arrivedGradient(gradients);
  const ofB = b.node === null ? null : emptyLike(g, promotedType(g.dtype, a.dtype));
  const ofA = a.node === null ? null : emptyLike(g, promotedType(g.dtype, b.dtype));
  return [ofA, ofB];
};

/**
 * `a * b`: saves a where b needs a gradient, and b where a does. Each gradient has the output's shape, and is summed to the input's
 * afterwards.
 */
export const mul = (a: Tensor, b: Tensor): Tensor => {
  const shape = broadcast(a, b);
  return record({
    name: "mul",
    inputs: [a, b],
    shape,
    dtype: promotedType(a.dtype, b.dtype),
    permuted: layoutOf(shape, a, b),
    saves: [b.node !== null && a, a.node !== null && b],
    backward: mulBackward,
  });
};

/** Backward that hands the same gradient to both. */
const passToBoth: Backward = (gradients) => [arrivedGradient(gradients), arrivedGradient(gradients)];

/** `a + b`: both get the same gradient, without an allocation. */
export const add = (a: Tensor, b: Tensor): Tensor => {
  const shape = broadcast(a, b);
  return record({
    name: "add",
    inputs: [a, b],
    shape,
    dtype: promotedType(a.dtype, b.dtype),
    permuted: layoutOf(shape, a, b),
    backward: passToBoth,
  });
};

/** `a - b`. `shape`: given where both are broadcast, as in [s, 1] − [1, s] → [s, s]. */
export const subtract = (a: Tensor, b: Tensor, shape = broadcast(a, b)): Tensor => {
  return record({
    name: "sub",
    inputs: [a, b],
    shape,
    dtype: promotedType(a.dtype, b.dtype),
    permuted: layoutOf(shape, a, b),
    backward: (gradients) => [
      arrivedGradient(gradients),
      b.node === null ? null : emptyLike(arrivedGradient(gradients)),
    ],
  });
};

const divideBackward: Backward = (gradients, node) => {
  const g = arrivedGradient(gradients);
  const [, b] = bothInputsOf(node);
  const bNeeds = b.node !== null;
  const temporaries = bNeeds ? [emptyLike(g), emptyLike(g), emptyLike(g)] : [];
  const ofB = bNeeds ? emptyLike(g) : null;
  temporaries.forEach(drop);
  return [emptyLike(g), ofB];
};

/** `a / b`. Backward makes the gradient of b first, −g * ((a / b) / b) with three temporaries, then that of a, g / b. */
export const divide = (a: Tensor, b: Tensor): Tensor => {
  const shape = broadcast(a, b);
  const bNeeds = b.node !== null;
  return record({
    name: "div",
    inputs: [a, b],
    shape,
    dtype: promotedType(a.dtype, b.dtype),
    permuted: layoutOf(shape, a, b),
    saves: [bNeeds && a, (a.node !== null || bNeeds) && b],
    backward: divideBackward,
  });
};

/** `a /= b` with gradients for both: the old values of a are copied and saved. */
export const divideInPlace = (a: Tensor, b: Tensor): Tensor => {
  const node = startNode("div_", [a, b], divideBackward);
  const original = node === null ? null : withMarks(a.tape.recorder, { op: "div_" }, () => emptyLike(a));
  const quotient = attach(aliasOf(a, a.shape), node);
  if (node !== null && original !== null) {
    save(node, original);
    save(node, b);
    drop(original);
  }
  consume(a);
  consume(b);
  return quotient;
};

/** `x / count`, the count a whole number that needs no gradient: the quotient is of x's type. */
export const divideByCount = (x: Tensor, count: Tensor): Tensor =>
  record({ name: "div", inputs: [x, count], shape: x.shape, dtype: x.dtype, saves: [count], backward: likeGradient });

/** `x * number`, the number a tensor without a gradient, which is saved. */
export const timesConstant = (x: Tensor, number: Tensor): Tensor =>
  record({ name: "mul", inputs: [x, number], shape: x.shape, dtype: x.dtype, saves: [number], backward: likeGradient });

/** `base.index_add_(0, indices, source)`: in place; saves the indices, and backward picks the source's rows out of the gradient. */
export const addTo = (base: Tensor, source: Tensor, indices: Tensor): Tensor => {
  const { shape } = source;
  const node = startNode("index_add_", [base, source], (gradients) => {
    const g = arrivedGradient(gradients);
    return [g, fresh(g.tape, shape, g.dtype)];
  });
  if (node !== null) save(node, indices);
  return inPlace(node, [base, source]);
};

/** `a.add_(b)`: a's storage holds the sum; both get the same gradient. */
export const addInPlace = (a: Tensor, b: Tensor): Tensor => {
  const node = startNode("add_", [a, b], passToBoth);
  return inPlace(node, [a, b]);
};

/** `a[..., from:to].add_(b)`: some columns of a's storage hold the sum; b gets those columns of a's gradient. */
export const addToColumns = (a: Tensor, b: Tensor): Tensor => {
  const { shape } = b;
  const node = startNode("add_", [a, b], (gradients) => {
    const columns = aliasOf(arrivedGradient(gradients), shape);
    columns.view = true;
    return [arrivedGradient(gradients), columns];
  });
  return inPlace(node, [a, b]);
};

/** `x /= number`, or `x *= by`, where `by` is a tensor of one element, which is saved. The result is on the storage of x. */
export const scaleInPlace = (x: Tensor, by: Tensor | null = null): Tensor => {
  const node = startNode("mul_", [x], likeGradient);
  if (node !== null && by !== null) save(node, by);
  return inPlace(node, [x]);
};

/** `x.masked_fill_(mask, number)`: saves the mask. The result is on the storage of x. */
export const maskedFillInPlace = (x: Tensor, mask: Tensor): Tensor => {
  const node = startNode("masked_fill_", [x], likeGradient);
  if (node !== null) save(node, mask);
  return inPlace(node, [x]);
};
