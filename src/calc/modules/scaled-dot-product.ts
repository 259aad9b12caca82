import type { Heads } from "#calc/tape/tape.ts";
import { withoutAutocast } from "#calc/tape/autocast.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { flashAttention } from "#calc/tape/ops/flash-attention.ts";
import { matmul, repeatHeads, repeatInterleave, transposeMatrices } from "#calc/tape/ops/matmul.ts";
import { softmax } from "#calc/tape/ops/softmax.ts";
import { to } from "#calc/tape/ops/to.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { isOfToken } from "./cached-heads.ts";
import { groupsOf } from "./heads.ts";
import { type SdpaKernel, sdpaKernel } from "#calc/model/sdpa-kernel.ts";

/** `is_causal=True` as a bias [s, s]. */
const causalBias = (q: Tensor): Tensor => {
  const shape = shapeOf("s", "s");
  const triangle = compute({ name: "tril", shape, dtype: "bool" }, compute({ name: "ones", shape, dtype: "bool" }, q));
  return compute({ name: "where", shape, dtype: q.dtype }, triangle);
};

/**
 * The math kernel, in fp32, with all scores, [b, heads, s, s]. `scaled_dot_product_attention` falls back to it where no other kernel of the
 * card takes the heads: see `sdpa-kernel.ts`.
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
  const mask = given ?? (isOfToken(heads) ? null : bind(causalBias(q)));
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
