import { record } from "#calc/tape/record.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { likeGradient } from "./backwards.ts";

/** `x * number`, the number a tensor without a gradient, which is saved. */
export const timesScalar = (x: Tensor, number: Tensor): Tensor =>
  record({ name: "mul", inputs: [x, number], shape: x.shape, dtype: x.dtype, saves: [number], backward: likeGradient });
