import { arrived, record } from "#calc/tape/record.ts";
import { withLast } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { fresh } from "#calc/tape/tape.ts";

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
