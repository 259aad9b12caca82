import { promote } from "#calc/tape/element.ts";
import { arrived, like, record } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/shape.ts";
import { sameElements } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** What broadcasting gives, for operands of which one has all the elements of the result. */
const broadcast = (one: Tensor, other: Tensor): Shape => {
  if (sameElements(one.shape, other.shape)) return one.shape;
  const larger = one.shape.growth > other.shape.growth || (one.shape.growth === other.shape.growth && one.shape.factor > other.shape.factor);
  return larger ? one.shape : other.shape;
};

/** Elements lie as in the first operand that has them all. */
const layoutOf = (shape: Shape, one: Tensor, other: Tensor): boolean =>
  sameElements(shape, one.shape) ? one.permuted : other.permuted;

/** `a * b`: saves a where b asks for a gradient and b where a does. Each gradient is full size, and reduced afterwards. */
export const mul = (a: Tensor, b: Tensor): Tensor => {
  const shape = broadcast(a, b);
  const [aNeeds, bNeeds] = [a.node !== null, b.node !== null];
  const [aType, bType] = [a.dtype, b.dtype];
  return record({
    name: "mul",
    inputs: [a, b],
    shape,
    dtype: promote(aType, bType),
    permuted: layoutOf(shape, a, b),
    saves: [bNeeds && a, aNeeds && b],
    backward: (gradients) => {
      const g = arrived(gradients);
      const ofB = bNeeds ? like(g, promote(g.dtype, aType)) : null;
      const ofA = aNeeds ? like(g, promote(g.dtype, bType)) : null;
      return [ofA, ofB];
    },
  });
};

/** `a + b`: both get the same gradient. */
export const add = (a: Tensor, b: Tensor): Tensor => {
  const shape = broadcast(a, b);
  return record({
    name: "add",
    inputs: [a, b],
    shape,
    dtype: promote(a.dtype, b.dtype),
    permuted: layoutOf(shape, a, b),
    backward: (gradients) => [arrived(gradients), arrived(gradients)],
  });
};

/** `a - b`. */
export const subtract = (a: Tensor, b: Tensor): Tensor => {
  const shape = broadcast(a, b);
  return record({
    name: "sub",
    inputs: [a, b],
    shape,
    dtype: promote(a.dtype, b.dtype),
    permuted: layoutOf(shape, a, b),
    backward: (gradients) => [arrived(gradients), b.node === null ? null : like(arrived(gradients))],
  });
};

/** `a / b` where b needs no gradient. */
export const divide = (a: Tensor, b: Tensor): Tensor => {
  const shape = broadcast(a, b);
  return record({
    name: "div",
    inputs: [a, b],
    shape,
    dtype: promote(a.dtype, b.dtype),
    permuted: layoutOf(shape, a, b),
    saves: [a.node !== null && b],
    backward: (gradients) => [like(arrived(gradients)), null],
  });
};
