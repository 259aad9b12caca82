import type { Element } from "#calc/tape/element.ts";
import { add, mul } from "#calc/tape/ops/binary.ts";
import { cat } from "#calc/tape/ops/cat.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { to } from "#calc/tape/ops/to.ts";
import { negate, scale } from "#calc/tape/ops/unary.ts";
import { slice } from "#calc/tape/ops/view.ts";
import { bind, call, scoped, unname } from "#calc/tape/scope.ts";
import { lastDim, shapeOf, withLast } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** cos and sin for the positions of one row, [1, 1, s, width]. */
export type Rotary = Readonly<{ cos: Tensor; sin: Tensor }>;

/** How wide the tables are, and in which type they are handed out: that of the hidden states. */
export type RotaryTables = Readonly<{ width: number; dtype: Element }>;

/** `LlamaRotaryEmbedding.forward`: angles and tables in fp32. */
export const rotaryTables = ({ width, dtype }: RotaryTables, position_ids: Tensor): readonly [cos: Tensor, sin: Tensor] =>
  call(
    "rotary_emb",
    (positions): readonly [Tensor, Tensor] => {
      const [narrow, wide] = [shapeOf(1, 1, "s", width / 2), shapeOf(1, 1, "s", width)];
      const angles = compute({ name: "float", shape: shapeOf(1, "s", 1), dtype: "fp32" }, positions);
      const freqs = bind(compute({ name: "mul", shape: narrow, dtype: "fp32" }, angles));
      const emb = bind(cat(freqs, freqs, wide));
      const cos = bind(scale(compute({ name: "cos", shape: wide, dtype: "fp32" }, emb)));
      const sin = bind(scale(compute({ name: "sin", shape: wide, dtype: "fp32" }, emb)));
      return [to(cos, dtype), to(sin, dtype)];
    },
    position_ids,
  );

const half = (x: Tensor): Tensor => slice(x, withLast(x.shape, Number(lastDim(x.shape)) / 2));

/** `rotate_half` */
const rotateHalf = (x: Tensor): Tensor =>
  scoped(x.tape, () => {
    const x1 = bind(half(x));
    const x2 = bind(half(x));
    return cat(negate(x2), x1, x.shape);
  });

/** `(q * cos) + (rotate_half(q) * sin)` */
const rotate = (q: Tensor, { cos, sin }: Rotary): Tensor => add(mul(q, cos), mul(rotateHalf(q), sin));

/** `q, k = apply_rotary_pos_emb(q, k, cos, sin)`, for names of the calling function: both are there before the old ones go. */
export const applyRotary = (q: Tensor, k: Tensor, rotary: Rotary): readonly [query: Tensor, key: Tensor] => {
  const query = bind(rotate(q, rotary));
  const key = bind(rotate(k, rotary));
  unname(q);
  unname(k);
  return [query, key];
};
