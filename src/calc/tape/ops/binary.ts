import { promote } from "#calc/base/element.ts";
import { arrived, like, record } from "#calc/tape/record.ts";
import type { Backward, Tensor } from "#calc/tape/tape.ts";
import { bothOf } from "./backwards.ts";
import { broadcast, layoutOf } from "./broadcast.ts";

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
