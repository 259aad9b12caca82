import { record } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { likeInput } from "./backwards.ts";

/** `F.pad(x, ...)`: a copy, even where nothing is added, which lies as x does; so is its gradient. */
export const pad = (x: Tensor, shape: Shape): Tensor =>
  record({
    name: "constant_pad_nd",
    inputs: [x],
    shape,
    dtype: x.dtype,
    permuted: x.permuted,
    backward: likeInput,
  });
