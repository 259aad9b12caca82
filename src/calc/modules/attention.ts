// Attention kernels of transformers (eager, math, flash, memory-efficient) and the masks that they need.

import type { Heads, Tensor } from "#calc/tape/tape.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";
import type { Element } from "#calc/base/dtypes.ts";
import { dropout, softmax, scale, tanh } from "#calc/tape/ops/unary.ts";
import { matmul, repeatHeads, transposeMatrices, repeatInterleave } from "#calc/tape/ops/products.ts";
import { to, slice, reshape } from "#calc/tape/ops/views.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import { type AttentionContext, groupsOf, sequenceFirst, type Attended } from "./heads.ts";
import { isForOneToken, cachedHeads, maskForKeys } from "./kv-cache.ts";
import { withoutAutocast } from "#calc/tape/autocast.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { flashAttention, efficientAttention } from "#calc/tape/ops/attention.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { type SdpaKernel, sdpaKernel, bestKernelOf } from "#calc/model/scenario-traits.ts";
import type { StepOptions } from "#calc/model/step-options.ts";

/** Gemma 2: `tanh(weights / softcap) * softcap` */
const softcapped = (weights: Tensor): Tensor => {
  const divided = rebind(weights, scale(weights));
  const squashed = rebind(divided, tanh(divided));
  return rebind(squashed, scale(squashed));
};

/** The dtype that the result of the softmax is cast to. */
const resultType = (
  { query, value }: Heads,
  probabilities: Tensor,
  softmaxAsIs: AttentionContext["softmaxAsIs"],
): Element => {
  if (softmaxAsIs === "uncast") return probabilities.dtype;
  return softmaxAsIs ? value.dtype : query.dtype;
};

/** `eager_attention_forward`: scores, mask, fp32 softmax, back to the queries' type. */
export const eagerAttention = (heads: Heads, context: AttentionContext): readonly [Tensor, Tensor] =>
  scoped(heads.query.tape, (): readonly [Tensor, Tensor] => {
    const { query, key, value } = heads;
    const { mask, softcap = false, dropout: probability = 0, softmaxAsIs = false, scoresInFloat = false } = context;
    const widened = (states: Tensor): Tensor => (scoresInFloat ? to(states, "fp32") : states);
    const groups = groupsOf(heads);
    const key_states = bind(repeatHeads(key, groups));
    const value_states = bind(repeatHeads(value, groups));
    let attn_weights = bind(scale(matmul(widened(query), transposeMatrices(widened(key_states)))));
    if (softcap) attn_weights = softcapped(attn_weights);
    if (mask !== null) attn_weights = rebind(attn_weights, add(attn_weights, mask));
    const probabilities = softmax(softmaxAsIs ? attn_weights : to(attn_weights, "fp32"));
    attn_weights = rebind(attn_weights, to(probabilities, resultType(heads, probabilities, softmaxAsIs)));
    if (probability > 0) attn_weights = rebind(attn_weights, dropout(attn_weights, probability));
    return [sequenceFirst(matmul(attn_weights, value_states)), attn_weights];
  });

/** `is_causal=True` as a bias [s, s]. */
const causalBias = (q: Tensor): Tensor => {
  const shape = shapeOf("s", "s");
  const triangle = withoutGraph(
    { name: "tril", shape, dtype: "bool" },
    withoutGraph({ name: "ones", shape, dtype: "bool" }, q),
  );
  return withoutGraph({ name: "where", shape, dtype: q.dtype }, triangle);
};

/**
 * The math kernel, in fp32, with all scores, [b, heads, s, s]. `scaled_dot_product_attention` falls back to it where no other kernel of the
 * card takes the heads: see `calc/model/scenario-traits.ts`.
 *
 * @see aten/src/ATen/native/transformers/attention.cpp, `_scaled_dot_product_attention_math`
 */
export const mathAttention = (heads: Heads, given: Tensor | null): Tensor => {
  const { dtype } = heads.query;
  const [query, key, value] = [heads.query, heads.key, heads.value].map((states) => bind(to(states, "fp32"))) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const groups = groupsOf(heads);
  const q = bind(scale(query));
  const mask = given ?? (isForOneToken(heads) ? null : bind(causalBias(q)));
  // With a mask, `enable_gqa` is not set: products broadcast a single head of keys.
  const expanded = (states: Tensor): Tensor =>
    bind(given === null && groups > 1 ? repeatInterleave(states, groups) : states);
  const expandedKey = expanded(key);
  const expandedValue = expanded(value);
  let attn = bind(matmul(q, scale(transposeMatrices(expandedKey))));
  if (mask !== null) attn = rebind(attn, add(attn, mask));
  attn = rebind(attn, softmax(attn));
  bind(to(attn, dtype));
  return to(matmul(attn, expandedValue), dtype);
};

/** Queries, keys and values as a kernel gets them: cast to autocast's dtype, and bound in the caller's scope. */
export const toKernel = ({ query, key, value }: Heads): Heads => {
  const cast = (x: Tensor): Tensor => bind(to(x, x.tape.autocast.element ?? query.dtype));
  return { query: cast(query), key: cast(key), value: cast(value) };
};

/** The widest head that the flash kernel takes. */
const FLASH_HEAD_DIM = 256;

/**
 * `F.scaled_dot_product_attention` as transformers' `sdpa_attention_forward` calls it: grouped heads are repeated where they are wider than the flash kernel
 * takes.
 *
 * @param best the best kernel that the card has
 */
export const scaledDotProduct = (heads: Heads, best: SdpaKernel = "flash"): Tensor =>
  scoped(heads.query.tape, () => {
    const { query } = heads;
    const width = Number(query.shape.dims[3]);
    const fits = width <= FLASH_HEAD_DIM && heads.key.shape.dims[3] === heads.value.shape.dims[3];
    const groups = fits ? 1 : groupsOf(heads);
    const [key, value] = [bind(repeatHeads(heads.key, groups)), bind(repeatHeads(heads.value, groups))];
    const cast = toKernel({ query, key, value });
    const asked = { dtype: cast.query.dtype, isMasked: false, isGrouped: groupsOf(cast) > 1 };
    if (sdpaKernel(best, asked) === "math") return withoutAutocast(query.tape, () => mathAttention(cast, null));
    return (query.tape.hooks.ranks?.attend ?? flashAttention)([cast.query, cast.key, cast.value]);
  });

/** `preprocess_mask`: the kernel reads rows of a bias in eights. Where they are no multiple of 8 long, it is given a part of a copy whose rows are. */
const aligned = (bias: Tensor, rows: "even" | "odd"): Tensor => {
  if (rows === "even") return bias;
  const { dtype, shape } = bias;
  const copy = { name: "constant_pad_nd", shape: shapeOf("b", 1, "s", "s8"), dtype } as const;
  return bind(slice(rebind(bias, withoutGraph(copy, bias)), shape));
};

/** `F.scaled_dot_product_attention` with a mask of bools, which becomes a bias in the dtype of the queries. */
export const maskedDotProduct = (heads: Heads, mask: Tensor, options: StepOptions): Tensor =>
  scoped(mask.tape, () => {
    const cast = toKernel(heads);
    const { query, key, value } = cast;
    const bias = bind(withoutGraph({ name: "where", shape: shapeOf("b", 1, "s", "s"), dtype: query.dtype }, mask));
    const asked = { dtype: query.dtype, isMasked: true, isGrouped: groupsOf(heads) > 1 };
    if (sdpaKernel(bestKernelOf(options), asked) === "math")
      return withoutAutocast(mask.tape, () => mathAttention(cast, bias));
    const rows = options.padding ?? options.windowMask;
    return rows === undefined
      ? flashAttention([query, key, value], bias)
      : efficientAttention([query, key, value], aligned(bias, rows));
  });

/**
 * The same for one token of each row beside a cache of keys and values: heads of queries that share keys are packed into one (`pack_gqa`), so none are repeated.
 *
 * @see transformers 5.24, integrations/sdpa_attention.py
 */
const tokenDotProduct = (heads: Heads, mask: Tensor, options: StepOptions): Tensor =>
  scoped(mask.tape, () => {
    const cast = toKernel(heads);
    const { query, key, value } = cast;
    const { dtype } = query;
    const tokens = key.shape.dims[2] ?? 1;
    let bias = bind(withoutGraph({ name: "where", shape: shapeOf("b", 1, 1, tokens), dtype }, mask));
    if (sdpaKernel(bestKernelOf(options), { dtype, isMasked: true, isGrouped: false }) === "math")
      return withoutAutocast(mask.tape, () => mathAttention(cast, bias));
    if (options.mismatchedPadding === "odd" && tokens === "mismatched s")
      bias = rebind(
        bias,
        withoutGraph({ name: "constant_pad_nd", shape: shapeOf("b", 1, 1, "mismatched s8"), dtype }, bias),
      );
    return efficientAttention([query, key, value], bias);
  });

/** `sdpa_attention_forward` with a mask of bools: `enable_gqa` is for calls without one, so keys and values are repeated for every query head. */
const masked = (options: StepOptions, heads: Heads, mask: Tensor): Tensor =>
  scoped(mask.tape, () => {
    const groups = groupsOf(heads);
    const [key, value] = [bind(repeatHeads(heads.key, groups)), bind(repeatHeads(heads.value, groups))];
    return sequenceFirst(maskedDotProduct({ query: heads.query, key, value }, mask, options));
  });

/** The attention that `attn_implementation` names: the output in [b, s, heads * width], and the weights. */
export const attention = (options: StepOptions, given: Heads, context: AttentionContext): Attended => {
  const { attn_implementation } = options;
  const { mask } = context;
  const heads = cachedHeads(given);
  const kernel = (inner: Heads): Tensor => {
    if (mask === null) return sequenceFirst(scaledDotProduct(inner, bestKernelOf(options)));
    return isForOneToken(inner) ? sequenceFirst(tokenDotProduct(inner, mask, options)) : masked(options, inner, mask);
  };
  const [output, weights] =
    attn_implementation === "eager"
      ? eagerAttention(heads, { ...context, mask: mask && maskForKeys(heads, mask) })
      : [heads.query.tape.hooks.ranks?.exchange?.(heads, kernel) ?? kernel(heads), null];
  const [, , count = 1, width = 1] = output.shape.dims;
  return [reshape(output, shapeOf("b", "s", Number(count) * Number(width))), weights];
};

/** Whether every layer has a mask: eager attention adds one to its scores, and kernels need one for padded rows. */
export const masksEveryLayer = ({ attn_implementation, padding }: StepOptions): boolean =>
  attn_implementation === "eager" || padding !== undefined;

/**
 * `create_causal_mask`, [b, 1, s, s]: what eager attention adds to its scores, in the dtype of the embeddings; bools for kernels, which need them for padded
 * rows alone.
 */
export const causalMask = (options: StepOptions, inputs_embeds: Tensor): readonly Tensor[] => {
  if (!masksEveryLayer(options)) return [];
  const dtype = options.attn_implementation === "eager" ? inputs_embeds.dtype : "bool";
  return [withoutGraph({ name: "causal_mask", shape: shapeOf("b", 1, "s", "s"), dtype }, inputs_embeds)];
};

/**
 * `create_sliding_window_causal_mask`: as the other, and where no row is padded bools [1, 1, s, s] for all rows, once these are as long as the window. A token
 * behind a cache has a row of it, which is left out.
 *
 * @see transformers 5.24, masking_utils.py, `sdpa_mask`
 */
export const windowMask = (options: StepOptions, inputs_embeds: Tensor): readonly Tensor[] => {
  if (masksEveryLayer(options)) return causalMask(options, inputs_embeds);
  if (options.windowMask === undefined || inputs_embeds.tape.hooks.cache?.of === "token") return [];
  return [withoutGraph({ name: "sliding_causal_mask", shape: shapeOf(1, 1, "s", "s"), dtype: "bool" }, inputs_embeds)];
};
