import type { Element } from "#calc/base/element.ts";
import { arrived, like, record } from "#calc/tape/record.ts";
import type { Backward, Tensor } from "#calc/tape/tape.ts";
import { inputOf } from "./backwards.ts";

const castBack: Backward = (gradients, node) => [like(arrived(gradients), inputOf(node).dtype)];

/** `x.to(dtype)`: x itself if it has the dtype. A copy lies as x does, unless `permuted` says otherwise. */
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
