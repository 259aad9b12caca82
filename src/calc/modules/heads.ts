import { transpose, view } from "#calc/tape/ops/view.ts";
import { shapeOf } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** `x.view(b, s, -1, width)` */
export const splitHeads = (x: Tensor, width: number): Tensor => {
  const last = Number(x.shape.dims[x.shape.dims.length - 1]);
  return view(x, shapeOf("b", "s", last / width, width));
};

/** `.transpose(1, 2)` of [b, s, heads, width]. */
export const headsFirst = (x: Tensor): Tensor => {
  const [, , heads = 1, width = 1] = x.shape.dims;
  return transpose(x, shapeOf("b", heads, "s", width));
};
