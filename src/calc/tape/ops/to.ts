import type { Element } from "#calc/tape/element.ts";
import { arrived, like, record } from "#calc/tape/record.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** `x.to(dtype)`: the same tensor where it already has the type; a copy lies as x does, unless said. */
export const to = (x: Tensor, dtype: Element, permuted = x.permuted): Tensor => {
  if (x.dtype === dtype) return x;
  const from = x.dtype;
  return record({
    name: "to",
    inputs: [x],
    shape: x.shape,
    dtype,
    permuted,
    backward: (gradients) => [like(arrived(gradients), from)],
  });
};
