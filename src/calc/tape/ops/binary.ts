import { promote } from "#calc/tape/element.ts";
import { arrived, attach, like, record, save, startNode } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/shape.ts";
import { sameElements } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { aliasOf, consume, drop } from "#calc/tape/tape.ts";

/** What broadcasting gives, for operands of which one has all the elements of the result. */
const broadcast = (one: Tensor, other: Tensor): Shape => {
  if (sameElements(one.shape, other.shape)) return one.shape;
  const larger =
    one.shape.growth > other.shape.growth ||
    (one.shape.growth === other.shape.growth && one.shape.factor > other.shape.factor);
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

/** `a - b`; to a `shape` that neither has, where both are broadcast. */
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

/** `a / b`: for b −g * ((a / b) / b), all of whose parts stay, then g / b for a. */
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
    backward: (gradients) => {
      const g = arrived(gradients);
      for (let made = 0; bNeeds && made < 3; made++) like(g);
      const ofB = bNeeds ? like(g) : null;
      return [like(g), ofB];
    },
  });
};

/** `a.add_(b)`: a's storage holds the sum; both get the same gradient. */
export const addInPlace = (a: Tensor, b: Tensor): Tensor => {
  const node = startNode("add_", [a, b], (gradients) => [arrived(gradients), arrived(gradients)]);
  const sum = attach(aliasOf(a, a.shape), node);
  consume(a);
  consume(b);
  return sum;
};

/** `a /= b` with a gradient for both: a's old values are copied and saved. */
export const divideInPlace = (a: Tensor, b: Tensor): Tensor => {
  const node = startNode("div_", [a, b], (gradients) => {
    const g = arrived(gradients);
    // −g * ((a / b) / b) for b, all of whose parts stay, then g / b for a.
    for (let made = 0; made < 3; made++) like(g);
    const ofB = like(g);
    return [like(g), ofB];
  });
  a.tape.op = "div_";
  const original = node === null ? null : like(a);
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
