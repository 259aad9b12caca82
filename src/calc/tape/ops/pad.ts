import { record } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { likeInput } from "./backwards.ts";

/**
 * `F.pad(x, ...)` of a sequence to whole chunks: a copy, even where nothing is added; so is its gradient. The copy lies as x does where nothing is added or
 * positions are next to each other, channel by channel, as in an image with its channels last; else in order.
 */
export const pad = (x: Tensor, shape: Shape, byChannel = false): Tensor =>
  record({
    name: "constant_pad_nd",
    inputs: [x],
    shape,
    dtype: x.dtype,
    permuted: x.permuted && (byChannel || !x.tape.policies.paddedChunk),
    backward: likeInput,
  });
