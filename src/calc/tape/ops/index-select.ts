import { record } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { likeInput } from "./backwards.ts";

/** `x.index_select(0, index)`: a copy of some rows; saves the index. Backward adds their gradients into zeros of x's shape. */
export const indexSelect = (x: Tensor, index: Tensor, shape: Shape): Tensor =>
  record({ name: "index_select", inputs: [x, index], shape, dtype: x.dtype, saves: [index], backward: likeInput });
