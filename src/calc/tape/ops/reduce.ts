import { arrived, record } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/shape.ts";
import { withLast } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { aliasOf, fresh } from "#calc/tape/tape.ts";

/** `x.mean(-1, keepdim=True)`: backward spreads the gradient over a full-size tensor. */
export const mean = (x: Tensor): Tensor => {
  const { shape } = x;
  return record({
    name: "mean",
    inputs: [x],
    shape: withLast(shape, 1),
    dtype: x.dtype,
    backward: (gradients) => [fresh(x.tape, shape, arrived(gradients).dtype)],
  });
};

/** `x.std(-1, keepdim=True)`: saves both; backward subtracts the mean from x and multiplies. */
export const std = (x: Tensor): Tensor => {
  const { shape } = x;
  return record({
    name: "std",
    inputs: [x],
    shape: withLast(shape, 1),
    dtype: x.dtype,
    saves: [x],
    savesOutput: true,
    backward: (gradients) => {
      fresh(x.tape, shape, arrived(gradients).dtype);
      return [fresh(x.tape, shape, arrived(gradients).dtype)];
    },
  });
};

/** `x.sum(dim)` to `shape`: backward expands the gradient as a view, which `view` before it must copy. */
export const sumTo = (x: Tensor, shape: Shape): Tensor => {
  const from = x.shape;
  return record({
    name: "sum",
    inputs: [x],
    shape,
    dtype: x.dtype,
    backward: (gradients) => [fresh(x.tape, from, arrived(gradients).dtype)],
  });
};

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
