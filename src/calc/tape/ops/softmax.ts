import { record } from "#calc/tape/record.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { likeGradient } from "./backwards.ts";

/** `softmax(x, dim=-1)`: saves its result. */
export const softmax = (x: Tensor): Tensor =>
  record({
    name: "softmax",
    inputs: [x],
    shape: x.shape,
    dtype: x.dtype,
    savesOutput: true,
    backward: likeGradient,
  });
