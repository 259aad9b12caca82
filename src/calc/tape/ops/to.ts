import type { Element } from "#calc/base/element.ts";
import { arrived, like, record } from "#calc/tape/record.ts";
import type { Backward, Tensor } from "#calc/tape/tape.ts";
import { inputOf } from "./backwards.ts";

const castBack: Backward = (gradients, node) => [like(arrived(gradients), inputOf(node).dtype)];

/** `x.to(dtype)`: the same tensor where it already has the type; a copy lies as x does, unless said. */
export const to = (x: Tensor, dtype: Element, permuted = x.permuted): Tensor => {
  if (x.dtype === dtype) return x;
  return record({
    name: "to",
    inputs: [x],
    shape: x.shape,
    dtype,
    permuted,
    backward: castBack,
  });
};
