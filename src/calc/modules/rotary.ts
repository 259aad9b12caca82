// Rotary embeddings: tables of angles, and each model family's way to rotate queries and keys.

import type { Element } from "#calc/base/dtypes.ts";
import { add, mul, subtract } from "#calc/tape/ops/arithmetic.ts";
import { cat, to, slice, chunk } from "#calc/tape/ops/views.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { negate, scale } from "#calc/tape/ops/unary.ts";
import { bind, call, scoped, bindAll, rebind } from "#calc/tape/scope.ts";
import { lastDim, shapeOf, withLast, type Shape } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** cos and sin for the positions of one row, [1, 1, s, width]. */
export type Rotary = Readonly<{ cos: Tensor; sin: Tensor }>;

/** Queries and keys, before or after rotation. */
type QueryAndKey = readonly [query: Tensor, key: Tensor];

/** `q, k = apply_rotary_pos_emb(q, k, cos, sin)`. The caller has names for q and k. */
export type ApplyRotary = (q: Tensor, k: Tensor, rotary: Rotary) => QueryAndKey;

/** The width of the tables, and the dtype that they are returned in: that of the hidden states. */
type RotaryTables = Readonly<{ width: number; dtype: Element }>;

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
      const angles = withoutGraph({ name: "float", shape: shapeOf(rows, "s", 1), dtype: "fp32" }, positions);
      const freqs = bind(withoutGraph({ name: "mul", shape: narrow, dtype: "fp32" }, angles));
      const emb = bind(cat(freqs, freqs, wide));
      const cos = bind(scale(withoutGraph({ name: "cos", shape: wide, dtype: "fp32" }, emb)));
      const sin = bind(scale(withoutGraph({ name: "sin", shape: wide, dtype: "fp32" }, emb)));
      return [to(cos, dtype), to(sin, dtype)];
    },
    position_ids,
  );

/** `x[..., 0::2]` and `x[..., 1::2]`, or the two halves: bound in the caller's scope. */
const inHalves = (x: Tensor): readonly [Tensor, Tensor] => {
  const half = withLast(x.shape, Number(lastDim(x.shape)) / 2);
  return [bind(slice(x, half)), bind(slice(x, half))];
};

/** `rotate_half`: cat(−x2, x1). x1 and x2 are the two halves, or the even and the odd entries: two slices either way. */
const rotateHalf = (x: Tensor): Tensor =>
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
const partsOf = (x: Tensor, cos: Tensor): readonly [rotated: Tensor, passed: Tensor] => {
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

/** `DeepseekV2RotaryEmbedding.forward`: one table of complex numbers of modulus one, returned in the place of both cos and sin. */
export const complexTables: typeof rotaryTables = ({ width }, position_ids) => {
  const freqs_cis = call(
    "rotary_emb",
    (positions) => {
      const [half, whole] = [shapeOf(1, 1, "s", width / 2), shapeOf(1, 1, "s", width)];
      const angles = withoutGraph({ name: "float", shape: shapeOf(1, "s", 1), dtype: "fp32" }, positions);
      const freqs = bind(withoutGraph({ name: "mul", shape: half, dtype: "fp32" }, angles));
      const ones = withoutGraph({ name: "ones_like", shape: half, dtype: "fp32" }, freqs);
      return scale(withoutGraph({ name: "polar", shape: whole, dtype: "fp32" }, ones));
    },
    position_ids,
  );
  return [freqs_cis, freqs_cis];
};

/**
 * `Qwen3_5TextRotaryEmbedding.forward`: angles for time, height and width, [3, b, s, width / 2], which are combined into tables [b, 1, s,
 * width].
 */
export const multimodalTables = (
  { width, dtype }: RotaryTables,
  position_ids: Tensor,
): readonly [cos: Tensor, sin: Tensor] =>
  call(
    "rotary_emb",
    (positions): readonly [Tensor, Tensor] => {
      const shape = shapeOf(3, "b", "s", width / 2);
      const made = (name: string, ofShape: Shape, from: Tensor): Tensor =>
        withoutGraph({ name, shape: ofShape, dtype: "fp32" }, from);
      const freqs = bind(made("mul", shape, made("float", shapeOf(3, "b", "s", 1), positions)));
      let cos = bind(scale(made("cos", shape, freqs)));
      let sin = bind(scale(made("sin", shape, freqs)));
      sin = rebind(sin, made("cat", shapeOf("b", 1, "s", width), sin));
      cos = rebind(cos, made("cat", shapeOf("b", 1, "s", width), cos));
      return [to(cos, dtype), to(sin, dtype)];
    },
    position_ids,
  );

/** `GptOssRotaryEmbedding.forward`: each angle once, [1, 1, s, width / 2], where Llama's tables have it twice. */
export const halfTables = ({ width, dtype }: RotaryTables, position_ids: Tensor): readonly [cos: Tensor, sin: Tensor] =>
  call(
    "rotary_emb",
    (positions): readonly [Tensor, Tensor] => {
      const shape = shapeOf(1, 1, "s", width / 2);
      const angles = withoutGraph({ name: "float", shape: shapeOf(1, "s", 1), dtype: "fp32" }, positions);
      const emb = bind(withoutGraph({ name: "mul", shape, dtype: "fp32" }, angles));
      const cos = bind(scale(withoutGraph({ name: "cos", shape, dtype: "fp32" }, emb)));
      const sin = bind(scale(withoutGraph({ name: "sin", shape, dtype: "fp32" }, emb)));
      return [to(cos, dtype), to(sin, dtype)];
    },
    position_ids,
  );

/** OLMo: casts the result to the dtype of its input. */
export const applyRotaryCastBack: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, (): QueryAndKey => {
    const [query, key] = [bind(rotate(q, rotary)), bind(rotate(k, rotary))];
    return [to(query, q.dtype), to(key, k.dtype)];
  });

const inFloat =
  (rotated: (x: Tensor, rotary: Rotary) => Tensor): ApplyRotary =>
  (q, k, rotary) =>
    scoped(q.tape, (): QueryAndKey => {
      const [q32, k32] = [bind(to(q, "fp32")), bind(to(k, "fp32"))];
      const [query, key] = [bind(rotated(q32, rotary)), bind(rotated(k32, rotary))];
      return [to(query, q.dtype), to(key, k.dtype)];
    });

/** Cohere: casts to fp32, rotates, casts back. */
export const applyRotaryInFloat = inFloat(rotate);

/** Llama 4: `cos` is a table of complex numbers, each as large as two fp32 numbers; so are the products. */
export const applyRotaryLlama4 = inFloat((x, { cos: freqs_cis }) => mul(x, freqs_cis));

/** `cos[..., : width / 2].repeat_interleave(2, dim=-1)`: each angle twice in a row. */
const interleaved = ({ cos, sin }: Rotary): Rotary => {
  const twice = (table: Tensor): Tensor =>
    bind(withoutGraph({ name: "repeat_interleave", shape: table.shape, dtype: table.dtype }, table));
  return { cos: twice(cos), sin: twice(sin) };
};

/** Helium: Llama's with interleaved tables. */
export const applyRotaryHelium: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, (): QueryAndKey => {
    const tables = interleaved(rotary);
    return [bind(rotate(q, tables)), bind(rotate(k, tables))];
  });

/** ERNIE 4.5: interleaved tables, both products in fp32, the result cast back. */
export const applyRotaryErnie: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, (): QueryAndKey => {
    const { cos, sin } = interleaved(rotary);
    const rotated = (x: Tensor): Tensor => bind(add(mul(to(x, "fp32"), cos), mul(to(rotateHalf(x), "fp32"), sin)));
    const [query, key] = [rotated(q), rotated(k)];
    return [to(query, q.dtype), to(key, q.dtype)];
  });

const rotatePartly =
  (rotated = rotate): ApplyRotary =>
  (q, k, rotary) => {
    const [queryParts, keyParts] = [partsOf(q, rotary.cos), partsOf(k, rotary.cos)];
    const [query, key] = [bind(rotated(queryParts[0], rotary)), bind(rotated(keyParts[0], rotary))];
    return [cat(query, queryParts[1], q.shape), cat(key, keyParts[1], k.shape)];
  };

/** Nemotron: rotates a part of both, then concatenates both with the rest. */
export const applyRotaryNemotron: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, () => applyRotaryInPlace(q, k, rotary));

/** GPT-NeoX: the same; each result takes the name of its rotated part, one after the other. */
export const applyRotaryNeoX: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, (): QueryAndKey => {
    const [queryParts, keyParts] = [partsOf(q, rotary.cos), partsOf(k, rotary.cos)];
    const [query, key] = [bind(rotate(queryParts[0], rotary)), bind(rotate(keyParts[0], rotary))];
    return [rebind(query, cat(query, queryParts[1], q.shape)), rebind(key, cat(key, keyParts[1], k.shape))];
  });

/** GLM: as GPT-NeoX, with interleaved tables. */
export const applyRotaryGlm: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, () => applyRotaryNeoX(q, k, interleaved(rotary)));

/** StableLM, Phi: the same in the attention's own function, so the parts live until that returns. */
export const applyRotaryInPlace = rotatePartly();

const rotateInterleaved = rotatePartly((x, rotary) => scoped(x.tape, () => rotate(x, interleaved(rotary))));

/** GPT-J: the same with interleaved tables, made for each of the two; keys first. */
export const applyRotaryGptJ: ApplyRotary = (q, k, rotary) => {
  const [key, query] = rotateInterleaved(k, q, rotary);
  return [query, key];
};

/** `first * cos − second * sin` and `second * cos + first * sin`, concatenated. */
const rotateHalves = (
  [first_half, second_half]: readonly [Tensor, Tensor],
  { cos, sin }: Rotary,
  whole: Tensor,
): Tensor =>
  scoped(whole.tape, () => {
    const first = bind(subtract(mul(first_half, cos), mul(second_half, sin)));
    const second = bind(add(mul(second_half, cos), mul(first_half, sin)));
    return cat(first, second, whole.shape);
  });

/** gpt-oss's `apply_rotary_pos_emb` */
export const applyRotaryGptOss: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, (): QueryAndKey => {
    const rotated = (x: Tensor): Tensor =>
      scoped(x.tape, () => rotateHalves(bindAll(chunk(x, 2)) as readonly [Tensor, Tensor], rotary, x));
    return [bind(rotated(q)), bind(rotated(k))];
  });

/** DeepSeek-V3's `apply_rotary_pos_emb_interleave`: even and odd entries, each angle once. */
export const applyRotaryInterleaved: ApplyRotary = (q, k, { cos, sin }) =>
  scoped(q.tape, (): QueryAndKey => {
    const once = { cos: inHalves(cos)[0], sin: inHalves(sin)[0] };
    const [ofQ, ofK] = [inHalves(q), inHalves(k)];
    return [bind(rotateHalves(ofQ, once, q)), bind(rotateHalves(ofK, once, k))];
  });

/** DeepSeek-V2: complex products in fp32, each cast back at once. */
export const applyRotaryComplex: ApplyRotary = (q, k, { cos: freqs_cis }) =>
  scoped(q.tape, (): QueryAndKey => {
    const [xq, xk] = [bind(to(q, "fp32")), bind(to(k, "fp32"))];
    return [bind(to(mul(xq, freqs_cis), q.dtype)), bind(to(mul(xk, freqs_cis), k.dtype))];
  });
