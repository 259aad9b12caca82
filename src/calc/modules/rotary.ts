import type { Element } from "#calc/base/element.ts";
import { add, mul } from "#calc/tape/ops/binary.ts";
import { cat } from "#calc/tape/ops/cat.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { to } from "#calc/tape/ops/to.ts";
import { negate, scale } from "#calc/tape/ops/unary.ts";
import { slice } from "#calc/tape/ops/view.ts";
import { bind, call, scoped } from "#calc/tape/scope.ts";
import { lastDim, shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** cos and sin for the positions of one row, [1, 1, s, width]. */
export type Rotary = Readonly<{ cos: Tensor; sin: Tensor }>;

/** Queries and keys, before or after rotation. */
export type QueryAndKey = readonly [query: Tensor, key: Tensor];

/** `q, k = apply_rotary_pos_emb(q, k, cos, sin)`. The caller has names for q and k. */
export type ApplyRotary = (q: Tensor, k: Tensor, rotary: Rotary) => QueryAndKey;

/** The width of the tables, and the dtype that they are returned in: that of the hidden states. */
export type RotaryTables = Readonly<{ width: number; dtype: Element }>;

/** `LlamaRotaryEmbedding.forward`: angles and tables in fp32. */
export const rotaryTables = (
  { width, dtype }: RotaryTables,
  position_ids: Tensor,
): readonly [cos: Tensor, sin: Tensor] =>
  call(
    "rotary_emb",
    (positions): readonly [Tensor, Tensor] => {
      const [rows = 1] = positions.shape.dims;
      const [narrow, wide] = [shapeOf(rows, 1, "s", width / 2), shapeOf(rows, 1, "s", width)];
      const angles = compute({ name: "float", shape: shapeOf(rows, "s", 1), dtype: "fp32" }, positions);
      const freqs = bind(compute({ name: "mul", shape: narrow, dtype: "fp32" }, angles));
      const emb = bind(cat(freqs, freqs, wide));
      const cos = bind(scale(compute({ name: "cos", shape: wide, dtype: "fp32" }, emb)));
      const sin = bind(scale(compute({ name: "sin", shape: wide, dtype: "fp32" }, emb)));
      return [to(cos, dtype), to(sin, dtype)];
    },
    position_ids,
  );

/** `x[..., 0::2]` and `x[..., 1::2]`, or the two halves: bound in the caller's scope. */
export const inHalves = (x: Tensor): readonly [Tensor, Tensor] => {
  const half = withLast(x.shape, Number(lastDim(x.shape)) / 2);
  return [bind(slice(x, half)), bind(slice(x, half))];
};

/** `rotate_half`: cat(−x2, x1). x1 and x2 are the two halves, or the even and the odd entries: two slices either way. */
export const rotateHalf = (x: Tensor): Tensor =>
  scoped(x.tape, () => {
    const [x1, x2] = inHalves(x);
    return cat(negate(x2), x1, x.shape);
  });

/** `(q * cos) + (rotate_half(q) * sin)` */
export const rotate = (q: Tensor, { cos, sin }: Rotary): Tensor => add(mul(q, cos), mul(rotateHalf(q), sin));

/** Llama's `apply_rotary_pos_emb` */
export const applyRotary: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, (): QueryAndKey => [bind(rotate(q, rotary)), bind(rotate(k, rotary))]);

/** The entries of each head that are rotated, and those that pass: bound in the caller's scope. */
export const partsOf = (x: Tensor, cos: Tensor): readonly [rotated: Tensor, passed: Tensor] => {
  const width = Number(lastDim(cos.shape));
  const rotated = bind(slice(x, withLast(x.shape, width)));
  return [rotated, bind(slice(x, withLast(x.shape, Number(lastDim(x.shape)) - width)))];
};

/** Phi-3: rotates the first entries of each head, and passes on the others. */
export const applyRotaryPhi3: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, (): QueryAndKey => {
    const [queryParts, keyParts] = [partsOf(q, rotary.cos), partsOf(k, rotary.cos)];
    return [
      bind(cat(rotate(queryParts[0], rotary), queryParts[1], q.shape)),
      bind(cat(rotate(keyParts[0], rotary), keyParts[1], k.shape)),
    ];
  });
