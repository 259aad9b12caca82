import { add, mul } from "#calc/tape/ops/binary.ts";
import { subtract } from "#calc/tape/ops/difference.ts";
import { cat } from "#calc/tape/ops/cat.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { to } from "#calc/tape/ops/to.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { chunk } from "#calc/tape/ops/view.ts";
import { bind, bindAll, call, rebind, scoped } from "#calc/tape/scope.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { ApplyRotary, QueryAndKey, Rotary, RotaryTables, rotaryTables } from "./rotary.ts";
import { inHalves, partsOf, rotate, rotateHalf } from "./rotary.ts";

/** `DeepseekV2RotaryEmbedding.forward`: one table of complex numbers of modulus one, returned in the place of both cos and sin. */
export const complexTables: typeof rotaryTables = ({ width }, position_ids) => {
  const freqs_cis = call(
    "rotary_emb",
    (positions) => {
      const [half, whole] = [shapeOf(1, 1, "s", width / 2), shapeOf(1, 1, "s", width)];
      const angles = compute({ name: "float", shape: shapeOf(1, "s", 1), dtype: "fp32" }, positions);
      const freqs = bind(compute({ name: "mul", shape: half, dtype: "fp32" }, angles));
      const ones = compute({ name: "ones_like", shape: half, dtype: "fp32" }, freqs);
      return scale(compute({ name: "polar", shape: whole, dtype: "fp32" }, ones));
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
        compute({ name, shape: ofShape, dtype: "fp32" }, from);
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
      const angles = compute({ name: "float", shape: shapeOf(1, "s", 1), dtype: "fp32" }, positions);
      const emb = bind(compute({ name: "mul", shape, dtype: "fp32" }, angles));
      const cos = bind(scale(compute({ name: "cos", shape, dtype: "fp32" }, emb)));
      const sin = bind(scale(compute({ name: "sin", shape, dtype: "fp32" }, emb)));
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
    bind(compute({ name: "repeat_interleave", shape: table.shape, dtype: table.dtype }, table));
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
