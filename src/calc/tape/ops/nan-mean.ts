import { arrived, record } from "#calc/tape/record.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { fresh } from "#calc/tape/tensor.ts";
import { compute } from "./compute.ts";
import { divideByCount } from "./quotient.ts";

const ONE = shapeOf(1);

/** `x.nansum()`: saves x, whose numbers that are none get no gradient. */
const nanSum = (x: Tensor): Tensor => {
  const { shape } = x;
  return record({
    name: "nansum",
    inputs: [x],
    shape: ONE,
    dtype: x.dtype,
    saves: [x],
    backward: (gradients) => {
      const g = arrived(gradients);
      for (let mask = 0; mask < 2; mask++) fresh(g.tape, shape, "bool");
      return [fresh(g.tape, shape, g.dtype)];
    },
  });
};

/** `x.nanmean()`: the sum over how many numbers are some. */
export const nanMean = (x: Tensor): Tensor => {
  const isSome = compute({ name: "ne", shape: x.shape, dtype: "bool" }, x, x);
  const count = compute({ name: "sum", shape: ONE, dtype: "int64" }, isSome);
  return divideByCount(nanSum(x), count);
};
