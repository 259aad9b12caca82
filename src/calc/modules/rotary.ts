import type { Element } from "#calc/tape/element.ts";
import { add, mul, subtract } from "#calc/tape/ops/binary.ts";
import { cat } from "#calc/tape/ops/cat.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { to } from "#calc/tape/ops/to.ts";
import { negate, scale } from "#calc/tape/ops/unary.ts";
import { chunk, slice } from "#calc/tape/ops/view.ts";
import { bind, bindAll, call, rebind, scoped } from "#calc/tape/scope.ts";
import { lastDim, shapeOf, withLast } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** cos and sin for the positions of one row, [1, 1, s, width]. */
export type Rotary = Readonly<{ cos: Tensor; sin: Tensor }>;

/** Queries and keys, or what rotation makes of them. */
export type QueryAndKey = readonly [query: Tensor, key: Tensor];

/** `q, k = apply_rotary_pos_emb(q, k, cos, sin)`: q and k are names of the caller. */
export type ApplyRotary = (q: Tensor, k: Tensor, rotary: Rotary) => QueryAndKey;

/** How wide the tables are, and in which type they are handed out: that of the hidden states. */
export type RotaryTables = Readonly<{ width: number; dtype: Element }>;

/** `LlamaRotaryEmbedding.forward`: angles and tables in fp32. */
export const rotaryTables = (
  { width, dtype }: RotaryTables,
  position_ids: Tensor,
): readonly [cos: Tensor, sin: Tensor] =>
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

/** `GptOssRotaryEmbedding.forward`: each angle once. */
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

/** `rotate_half`: the halves, or even and odd entries; both are two slices, one negated, put together again. */
const rotateHalf = (x: Tensor): Tensor =>
  scoped(x.tape, () => {
    const half = withLast(x.shape, Number(lastDim(x.shape)) / 2);
    const x1 = bind(slice(x, half));
    const x2 = bind(slice(x, half));
    return cat(negate(x2), x1, x.shape);
  });

/** `(q * cos) + (rotate_half(q) * sin)` */
export const rotate = (q: Tensor, { cos, sin }: Rotary): Tensor => add(mul(q, cos), mul(rotateHalf(q), sin));

/** Llama: `(q * cos) + (rotate_half(q) * sin)` */
export const applyRotary: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, (): QueryAndKey => [bind(rotate(q, rotary)), bind(rotate(k, rotary))]);

/** OLMo: the result in the type of its input. */
export const applyRotaryCastBack: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, (): QueryAndKey => {
    const [query, key] = [bind(rotate(q, rotary)), bind(rotate(k, rotary))];
    return [to(query, q.dtype), to(key, k.dtype)];
  });

/** Cohere: in fp32 throughout, then back. */
export const applyRotaryInFloat: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, (): QueryAndKey => {
    const [q32, k32] = [bind(to(q, "fp32")), bind(to(k, "fp32"))];
    const [query, key] = [bind(rotate(q32, rotary)), bind(rotate(k32, rotary))];
    return [to(query, q.dtype), to(key, q.dtype)];
  });

/** `cos[..., : width / 2].repeat_interleave(2, dim=-1)`: each angle twice in a row. */
const interleaved = ({ cos, sin }: Rotary): Rotary => {
  const twice = (table: Tensor): Tensor =>
    bind(compute({ name: "repeat_interleave", shape: table.shape, dtype: table.dtype }, table));
  return { cos: twice(cos), sin: twice(sin) };
};

/** ERNIE 4.5: interleaved, both products in fp32, then back. */
export const applyRotaryErnie: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, (): QueryAndKey => {
    const { cos, sin } = interleaved(rotary);
    const rotated = (x: Tensor): Tensor => bind(add(mul(to(x, "fp32"), cos), mul(to(rotateHalf(x), "fp32"), sin)));
    const [query, key] = [rotated(q), rotated(k)];
    return [to(query, q.dtype), to(key, q.dtype)];
  });

/** The entries of each head that are rotated, and those that pass. */
const partsOf = (x: Tensor, cos: Tensor): readonly [rotated: Tensor, passed: Tensor] => {
  const width = Number(lastDim(cos.shape));
  const rotated = bind(slice(x, withLast(x.shape, width)));
  return [rotated, bind(slice(x, withLast(x.shape, Number(lastDim(x.shape)) - width)))];
};

/** Phi-3: of each head the first entries are rotated, the others pass. */
export const applyRotaryPhi3: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, (): QueryAndKey => {
    const [queryParts, keyParts] = [partsOf(q, rotary.cos), partsOf(k, rotary.cos)];
    return [
      bind(cat(rotate(queryParts[0], rotary), queryParts[1], q.shape)),
      bind(cat(rotate(keyParts[0], rotary), keyParts[1], k.shape)),
    ];
  });

const rotatePartly =
  (rotated = rotate): ApplyRotary =>
  (q, k, rotary) => {
    const [queryParts, keyParts] = [partsOf(q, rotary.cos), partsOf(k, rotary.cos)];
    const [query, key] = [bind(rotated(queryParts[0], rotary)), bind(rotated(keyParts[0], rotary))];
    return [cat(query, queryParts[1], q.shape), cat(key, keyParts[1], k.shape)];
  };

/** Nemotron: both rotated, then both put together. */
export const applyRotaryNemotron: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, () => applyRotaryInPlace(q, k, rotary));

/** GPT-NeoX: the same, one name after the other. */
export const applyRotaryNeoX: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, (): QueryAndKey => {
    const [queryParts, keyParts] = [partsOf(q, rotary.cos), partsOf(k, rotary.cos)];
    const [query, key] = [bind(rotate(queryParts[0], rotary)), bind(rotate(keyParts[0], rotary))];
    return [rebind(query, cat(query, queryParts[1], q.shape)), rebind(key, cat(key, keyParts[1], k.shape))];
  });

/** GLM: as GPT-NeoX, with interleaved tables. */
export const applyRotaryGlm: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, () => applyRotaryNeoX(q, k, interleaved(rotary)));

/** StableLM, Phi: rotated in the attention's own function, so that the parts stay until it returns. */
export const applyRotaryInPlace = rotatePartly();

const rotateInterleaved = rotatePartly((x, rotary) => scoped(x.tape, () => rotate(x, interleaved(rotary))));

/** GPT-J: the same with interleaved tables, made for each of the two; keys first. */
export const applyRotaryGptJ: ApplyRotary = (q, k, rotary) => {
  const [key, query] = rotateInterleaved(k, q, rotary);
  return [query, key];
};

/** gpt-oss: halves rotated against each other, put together again. */
const rotateHalves = (x: Tensor, { cos, sin }: Rotary): Tensor =>
  scoped(x.tape, () => {
    const [first_half, second_half] = bindAll(chunk(x, 2)) as readonly [Tensor, Tensor];
    const first = bind(subtract(mul(first_half, cos), mul(second_half, sin)));
    const second = bind(add(mul(second_half, cos), mul(first_half, sin)));
    return cat(first, second, x.shape);
  });

/** gpt-oss's `apply_rotary_pos_emb` */
export const applyRotaryGptOss: ApplyRotary = (q, k, rotary) =>
  scoped(q.tape, (): QueryAndKey => [bind(rotateHalves(q, rotary)), bind(rotateHalves(k, rotary))]);
