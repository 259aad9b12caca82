import { record } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { likeInput } from "./backwards.ts";

/**
 * `F.pad(x, ...)` of a sequence to whole chunks: a copy, even where nothing is added; so is the gradient. Where nothing is added, the copy
 * lies as x does; else it is contiguous.
 * `byChannel`: the copy lies as x does in any case. Positions of x lie next to each other in memory, which PyTorch takes for an image in
 * `channels_last`.
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
