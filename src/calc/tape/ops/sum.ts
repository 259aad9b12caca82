import { aliasOf } from "#calc/tape/tensor.ts";
import { arrived, record } from "#calc/tape/record.ts";
import { type Shape, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { likeInput } from "./backwards.ts";

/** `x.sum(dim)` to `shape`: backward expands the gradient as a view, which `view` before it must copy. */
export const sumTo = (x: Tensor, shape: Shape): Tensor =>
  record({ name: "sum", inputs: [x], shape, dtype: x.dtype, backward: likeInput });

/** `x.sum(-1, keepdim=True)` whose gradient nothing has to copy: expanded, it takes no more bytes. */
export const sumLast = (x: Tensor): Tensor => {
  const { shape } = x;
  return record({
    name: "sum",
    inputs: [x],
    shape: withLast(shape, 1),
    dtype: x.dtype,
    backward: (gradients) => [aliasOf(arrived(gradients), shape)],
  });
};
