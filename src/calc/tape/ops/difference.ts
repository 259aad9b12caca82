import { promote } from "#calc/base/element.ts";
import { arrived, like, record } from "#calc/tape/record.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { broadcast, layoutOf } from "./broadcast.ts";

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
