import { within } from "#calc/tape/recorder.ts";
import { aliasOf, consume, drop } from "#calc/tape/tensor.ts";
import { promote } from "#calc/base/element.ts";
import { arrived, attach, like, record, save, startNode } from "#calc/tape/record.ts";
import type { Backward, Tensor } from "#calc/tape/tape.ts";
import { bothOf, likeGradient } from "./backwards.ts";
import { broadcast, layoutOf } from "./broadcast.ts";

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
  const original = node === null ? null : within(a.tape.recorder, { op: "div_" }, () => like(a));
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
