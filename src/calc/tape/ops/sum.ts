import { aliasOf } from "#calc/tape/tensor.ts";
import { arrived, record } from "#calc/tape/record.ts";
import { type Shape, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { likeInput } from "./backwards.ts";

/**
 * `x.sum(dim)` to `shape`. Backward expands the gradient, which is a view. The backward of the `view` before it copies that; the copy is
 * counted here.
 */
export const sumTo = (x: Tensor, shape: Shape): Tensor =>
  record({ name: "sum", inputs: [x], shape, dtype: x.dtype, backward: likeInput });

/** `x.sum(dim)` to `shape` where nothing copies the gradient: backward expands it, a view. */
export const sumExpanded = (x: Tensor, shape: Shape): Tensor => {
  const from = x.shape;
  return record({
    name: "sum",
    inputs: [x],
    shape,
    dtype: x.dtype,
    backward: (gradients) => [aliasOf(arrived(gradients), from)],
  });
};

/** `x.sum(-1, keepdim=True)` where nothing copies the gradient: backward expands it, a view, which takes no memory. */
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
