// Gated delta net of Qwen3-Next and Qwen3.5, with its chunked delta rule.

import { add, mul, subtract } from "#calc/tape/ops/arithmetic.ts";
import { catAll, pad, to, contiguous, expand, reshape, slice, split, transpose, view } from "#calc/tape/ops/views.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { deltaRuleScan, solveTriangular } from "#calc/tape/ops/delta-rule.ts";
import { bmm } from "#calc/tape/ops/products.ts";
import { mean, sumLast } from "#calc/tape/ops/reductions.ts";
import {
  addNumber,
  clone,
  negate,
  rsqrt,
  scale,
  sigmoid,
  silu,
  square,
  cumsum,
  exp,
  softplus,
} from "#calc/tape/ops/unary.ts";
import { maskedFill } from "#calc/tape/ops/selection.ts";
import { bind, bindAll, call, rebind, scoped, unname } from "#calc/tape/scope.ts";
import type { Dim } from "#calc/tape/ledger/dimension.ts";
import { type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { causalConv1d, maskPadding } from "./causal-conv1d.ts";
import { headsFirst } from "./heads.ts";
import { linear } from "./linear.ts";
import { type Loaded, tensorOf } from "./loaded-modules.ts";

/** Positions of one chunk. */
export const DELTA_CHUNK = 64;

const l2norm = (x: Tensor): Tensor =>
  scoped(x.tape, () => {
    const inv_norm = bind(rsqrt(addNumber(sumLast(mul(x, x)))));
    return mul(x, inv_norm);
  });

/** The inputs of the rule, in [b, s, heads, width]; g and beta in [b, s, heads]. */
type Ruled = Readonly<{ query: Tensor; key: Tensor; value: Tensor; g: Tensor; beta: Tensor }>;

/** `torch_chunk_gated_delta_rule` */
const chunkRule = ({ architecture }: Loaded, ruled: Ruled): Tensor =>
  scoped(ruled.g.tape, () => {
    const { linear_num_value_heads: h = 0, linear_key_head_dim: k = 0, linear_value_head_dim: v = 0 } = architecture;
    const of = (...dims: readonly Dim[]): Shape => shapeOf("b", "c", DELTA_CHUNK, h, ...dims);
    const repeated = (x: Tensor): Tensor =>
      architecture.linear_num_key_heads === h ? x : clone(expand(x, shapeOf("b", "s", h, k)));
    const inFloat = (x: Tensor): Tensor => bind(to(x, "fp32", false));
    const narrow = [bind(repeated(ruled.query)), bind(repeated(ruled.key))] as const;
    let [query, key, value] = [headsFirst(narrow[0]), headsFirst(narrow[1]), headsFirst(ruled.value)].map(inFloat) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const byHead = (x: Tensor): Tensor => transpose(x, shapeOf("b", h, "s"));
    let beta = inFloat(byHead(ruled.beta));
    for (const x of narrow) unname(x);
    query = rebind(query, l2norm(query));
    key = rebind(key, l2norm(key));
    query = rebind(query, scale(query));

    const short = [query, key, value, beta] as const;
    query = bind(pad(query, of(k)));
    key = bind(pad(key, of(k)));
    value = bind(pad(value, of(v)));
    for (const x of short.slice(0, 3)) unname(x);
    beta = bind(pad(beta, of()));
    const decay = bind(pad(byHead(ruled.g), of()));
    unname(short[3]);

    let v_beta = bind(mul(value, beta));
    let k_beta = bind(mul(key, beta));
    const inChunks = (x: Tensor): Tensor => rebind(x, view(x, x.shape, x.permuted));
    [query, key, k_beta, v_beta] = [query, key, k_beta, v_beta].map(inChunks) as [Tensor, Tensor, Tensor, Tensor];
    const made = (name: string, from: Tensor): Tensor =>
      withoutGraph({ name, shape: shapeOf(DELTA_CHUNK, DELTA_CHUNK), dtype: "bool" }, from);
    const strictly_upper_mask = bind(made("triu", made("ones", query)));
    const cum_decay = bind(cumsum(view(decay, decay.shape)));

    let pairwise_decay = bind(subtract(cum_decay, cum_decay, of(DELTA_CHUNK)));
    pairwise_decay = rebind(pairwise_decay, maskedFill(pairwise_decay, strictly_upper_mask));
    pairwise_decay = rebind(pairwise_decay, exp(pairwise_decay));
    const ut_system = bind(mul(bmm(contiguous(k_beta), contiguous(key), of(DELTA_CHUNK)), pairwise_decay));
    const intra_chunk_attn = bind(mul(bmm(contiguous(query), contiguous(key), of(DELTA_CHUNK)), pairwise_decay));
    const decayed_k_beta = bind(mul(k_beta, exp(cum_decay)));
    const new_values = bind(solveTriangular(ut_system, v_beta));
    const k_cumdecay = bind(solveTriangular(ut_system, decayed_k_beta));

    const zeros = (shape: Shape): Tensor => bind(withoutGraph({ name: "zeros", shape, dtype: "fp32" }, query));
    const state = zeros(shapeOf("b", h, k, v));
    let core_attn_out = zeros(new_values.shape);
    core_attn_out.permuted = true;
    query = rebind(query, mul(query, exp(cum_decay)));
    const last = (): Tensor => slice(cum_decay, shapeOf("b", "c", h));
    key = rebind(key, mul(key, exp(subtract(last(), cum_decay))));
    const chunk_decay = bind(exp(last()));
    const rule = { chunk_decay, new_values, k_cumdecay, query, key, intra_chunk_attn, state };
    const scanned = bindAll(deltaRuleScan(core_attn_out, rule));
    unname(core_attn_out);
    unname(state);
    [core_attn_out] = scanned;
    core_attn_out = rebind(core_attn_out, reshape(core_attn_out, shapeOf("b", "s", h, v)));
    return to(core_attn_out, ruled.query.dtype);
  });

/** `Qwen3_5RMSNormGated`: normed first, then gated in fp32. */
const gatedNorm = (layer: Loaded, name: string, { x, gate }: Readonly<{ x: Tensor; gate: Tensor }>): Tensor =>
  call(
    name,
    (input, gates) => {
      let hidden_states = bind(to(input, "fp32"));
      const variance = bind(mean(square(hidden_states)));
      hidden_states = rebind(hidden_states, mul(hidden_states, rsqrt(addNumber(variance))));
      hidden_states = rebind(hidden_states, mul(tensorOf(layer, `${name}.weight`), to(hidden_states, input.dtype)));
      hidden_states = rebind(hidden_states, mul(hidden_states, silu(to(gates, "fp32"))));
      return to(hidden_states, input.dtype);
    },
    x,
    gate,
  );

/**
 * `mixed_qkv` goes through the convolution, z is the gate, beta is made from b, and g from a. All are bound in the caller's scope; so is
 * `held`, until the convolution's output is split.
 */
type Projected = Readonly<{ mixed_qkv: Tensor; z: Tensor; b: Tensor; a: Tensor; held: readonly Tensor[] }>;
type Project = (layer: Loaded, input: Tensor) => Projected;

const of = (...dims: readonly Dim[]): Shape => shapeOf("b", "s", ...dims);

/** `in_proj_qkv`, `in_proj_z`, `in_proj_b` and `in_proj_a`. */
const inFour: Project = (layer, input) => {
  const { linear_num_value_heads: h = 0, linear_value_head_dim: v = 0 } = layer.architecture;
  const projected = (name: string): Tensor => linear(layer, `linear_attn.${name}`, input);
  const mixed = projected("in_proj_qkv");
  const [, , width = 1] = mixed.shape.dims;
  const mixed_qkv = bind(transpose(mixed, shapeOf("b", width, "s")));
  const z = bind(view(projected("in_proj_z"), of(h, v)));
  return { mixed_qkv, z, b: bind(projected("in_proj_b")), a: bind(projected("in_proj_a")), held: [] };
};

/** `in_proj_qkvz` and `in_proj_ba`, ordered by key head: `fix_query_key_value_ordering` copies each part into [b, s, width]. */
const inTwo: Project = (layer, input) => {
  const { linear_num_key_heads: keyHeads = 0, linear_key_head_dim: k = 0 } = layer.architecture;
  const { linear_num_value_heads: h = 0, linear_value_head_dim: v = 0 } = layer.architecture;
  const qkvz = bind(linear(layer, "linear_attn.in_proj_qkvz", input));
  const ba = bind(linear(layer, "linear_attn.in_proj_ba", input));
  const [keys, values] = [of(keyHeads, k), of(keyHeads, (h / keyHeads) * v)];
  const [ofQuery, ofKey, ofValue, ofZ] = split(view(qkvz, qkvz.shape), [keys, keys, values, values]);
  const [ofB, ofA] = split(view(ba, ba.shape), [of(keyHeads, h / keyHeads), of(keyHeads, h / keyHeads)]);
  const rows = (part: Tensor | undefined, shape: Shape): Tensor => bind(view(clone(part as Tensor), shape));
  const value = rows(ofValue, of(h * v));
  const z = rows(ofZ, of(h, v));
  const [b, a] = [rows(ofB, of(h)), rows(ofA, of(h))];
  const [query, key] = [rows(ofQuery, of(keyHeads * k)), rows(ofKey, of(keyHeads * k))];
  const width = 2 * keyHeads * k + h * v;
  const mixed_qkv = bind(transpose(catAll([query, key, value], of(width)), shapeOf("b", width, "s")));
  return { mixed_qkv, z, b, a, held: [query, key, value] };
};

const deltaNet =
  (project: Project) =>
  (layer: Loaded, x: Tensor): Tensor =>
    call(
      "linear_attn",
      (input) => {
        const { linear_num_key_heads: keyHeads = 0, linear_key_head_dim: k = 0 } = layer.architecture;
        const { linear_num_value_heads: h = 0, linear_value_head_dim: v = 0 } = layer.architecture;
        const { z, b, a, held, ...projected } = project(layer, bind(maskPadding(layer, input)));
        let { mixed_qkv } = projected;
        mixed_qkv = rebind(mixed_qkv, causalConv1d(layer, "linear_attn.conv1d", { x: mixed_qkv, activation: silu }));
        mixed_qkv = rebind(mixed_qkv, transpose(mixed_qkv, of(2 * keyHeads * k + h * v)));
        const parts = bindAll(split(mixed_qkv, [of(keyHeads * k), of(keyHeads * k), of(h * v)]));
        for (const tensor of held) unname(tensor);
        const shapes = [of(keyHeads, k), of(keyHeads, k), of(h, v)] as const;
        const [query, key, value] = parts.map((part, index) => bind(view(part, shapes[index] as Shape))) as [
          Tensor,
          Tensor,
          Tensor,
        ];
        const beta = bind(sigmoid(b));
        const decay = negate(exp(to(tensorOf(layer, "linear_attn.A_log"), "fp32")));
        const g = bind(mul(decay, softplus(add(to(a, "fp32"), tensorOf(layer, "linear_attn.dt_bias")))));
        let core_attn_out = bind(chunkRule(layer, { query, key, value, g, beta }));
        if (core_attn_out.dtype === "fp32") core_attn_out = rebind(core_attn_out, clone(core_attn_out));
        core_attn_out = rebind(core_attn_out, gatedNorm(layer, "linear_attn.norm", { x: core_attn_out, gate: z }));
        return linear(layer, "linear_attn.out_proj", view(core_attn_out, of(h * v)));
      },
      x,
    );

/**
 * `Qwen3_5GatedDeltaNet.forward` without the packages fla and causal_conv1d.
 *
 * @see transformers 5.24, modeling_qwen3_5.py
 */
export const gatedDeltaNet = deltaNet(inFour);

/** `Qwen3NextGatedDeltaNet.forward`, the same from two projections. @see transformers 5.24, modeling_qwen3_next.py */
export const gatedDeltaNetNext = deltaNet(inTwo);
