import { fresh } from "#calc/tape/tensor.ts";
import { arrived, record } from "#calc/tape/record.ts";
import { withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { likeInput } from "./backwards.ts";

/** `x.mean(-1, keepdim=True)`: backward spreads the gradient over a full-size tensor. */
export const mean = (x: Tensor): Tensor =>
  record({ name: "mean", inputs: [x], shape: withLast(x.shape, 1), dtype: x.dtype, backward: likeInput });

/** `x.std(-1, keepdim=True)`: saves x and the result. Backward multiplies x minus its mean, one temporary. */
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
