import { isNeverMore } from "#calc/tape/ledger/growth-order.ts";
import { type Shape, sameElements } from "#calc/tape/ledger/shape.ts";
import type { Tensor, Backward } from "#calc/tape/tape.ts";
import { promote } from "#calc/base/elements.ts";
import { arrived, like, record, attach, save, startNode } from "#calc/tape/record.ts";
import { bothOf, likeGradient } from "./operation.ts";
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
  const [a, b] = bothOf(node);
  const g = arrived(gradients);
  const ofB = b.node === null ? null : like(g, promote(g.dtype, a.dtype));
  const ofA = a.node === null ? null : like(g, promote(g.dtype, b.dtype));
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
    dtype: promote(a.dtype, b.dtype),
    permuted: layoutOf(shape, a, b),
    saves: [b.node !== null && a, a.node !== null && b],
    backward: mulBackward,
  });
};

/** Backward that hands the same gradient to both. */
export const toBoth: Backward = (gradients) => [arrived(gradients), arrived(gradients)];

/** `a + b`: both get the same gradient, without an allocation. */
export const add = (a: Tensor, b: Tensor): Tensor => {
  const shape = broadcast(a, b);
  return record({
    name: "add",
    inputs: [a, b],
    shape,
    dtype: promote(a.dtype, b.dtype),
    permuted: layoutOf(shape, a, b),
    backward: toBoth,
  });
};

/** `a - b`. `shape`: given where both are broadcast, as in [s, 1] − [1, s] → [s, s]. */
export const subtract = (a: Tensor, b: Tensor, shape = broadcast(a, b)): Tensor => {
  return record({
    name: "sub",
    inputs: [a, b],
    shape,
    dtype: promote(a.dtype, b.dtype),
    permuted: layoutOf(shape, a, b),
    backward: (gradients) => [arrived(gradients), b.node === null ? null : like(arrived(gradients))],
  });
};

const divideBackward: Backward = (gradients, node) => {
  const g = arrived(gradients);
  const [, b] = bothOf(node);
  const bNeeds = b.node !== null;
  const temporaries = bNeeds ? [like(g), like(g), like(g)] : [];
  const ofB = bNeeds ? like(g) : null;
  temporaries.forEach(drop);
  return [like(g), ofB];
};

/** `a / b`. Backward makes the gradient of b first, −g * ((a / b) / b) with three temporaries, then that of a, g / b. */
export const divide = (a: Tensor, b: Tensor): Tensor => {
  const shape = broadcast(a, b);
  const bNeeds = b.node !== null;
  return record({
    name: "div",
    inputs: [a, b],
    shape,
    dtype: promote(a.dtype, b.dtype),
    permuted: layoutOf(shape, a, b),
    saves: [bNeeds && a, (a.node !== null || bNeeds) && b],
    backward: divideBackward,
  });
};

/** `a /= b` with gradients for both: the old values of a are copied and saved. */
export const divideInPlace = (a: Tensor, b: Tensor): Tensor => {
  const node = startNode("div_", [a, b], divideBackward);
  const original = node === null ? null : withMarks(a.tape.recorder, { op: "div_" }, () => like(a));
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
export const timesScalar = (x: Tensor, number: Tensor): Tensor =>
  record({ name: "mul", inputs: [x, number], shape: x.shape, dtype: x.dtype, saves: [number], backward: likeGradient });

/** `base.index_add_(0, indices, source)`: in place; saves the indices, and backward picks the source's rows out of the gradient. */
export const addTo = (base: Tensor, source: Tensor, indices: Tensor): Tensor => {
  const { shape } = source;
  const node = startNode("index_add_", [base, source], (gradients) => {
    const g = arrived(gradients);
    return [g, fresh(g.tape, shape, g.dtype)];
  });
  if (node !== null) save(node, indices);
  const sum = attach(aliasOf(base, base.shape), node);
  consume(base);
  consume(source);
  return sum;
};
