// LitGPT's one model file, for every type that it knows, in two versions.

import { fresh } from "#calc/tape/tensor.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { activation } from "#calc/modules/mlp.ts";
import { eagerAttention, mathAttention, toKernel } from "#calc/modules/attention.ts";
import { sequenceFirst, inHeads } from "#calc/modules/heads.ts";
import { applyLinear } from "#calc/modules/linear.ts";
import { LITGPT_POSITIONS } from "#calc/modules/loss-tokens.ts";
import { litgptLoss, litgptRmsNorm } from "#calc/modules/litgpt-loss.ts";
import { litgptLinear, litgptQkv } from "#calc/modules/litgpt-linear.ts";
import type { Loaded } from "#calc/modules/loaded-modules.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { withoutAutocast } from "#calc/tape/autocast.ts";
import { add, mul } from "#calc/tape/ops/arithmetic.ts";
import { cat, to, reshape, slice } from "#calc/tape/ops/views.ts";
import { withoutGraph, record } from "#calc/tape/operation.ts";
import { flashAttention } from "#calc/tape/ops/attention.ts";
import { gelu, negate, scale } from "#calc/tape/ops/unary.ts";
import { bind, bindAll, call, rebind, scoped, unname } from "#calc/tape/scope.ts";
import { shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { embedTokens } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { Layout, Family, ModelType, None } from "./family.ts";
import { EXACT, NO_REFUSED } from "#calc/families/parts/facts.ts";
import {
  embeddingTensors,
  uniformLayers,
  linearTensors,
  linears,
  layerNormTensors,
  rmsNormTensors,
  widths,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";

/** The fields of LitGPT's `Config` in which families differ. */
type LitgptShape = Readonly<{
  parallel?: boolean;
  sharedNorm?: boolean;
  postNorms?: boolean;
  norm: "rms" | "rms + 1" | "layer";
  gated: boolean;
  bias: boolean;
  headBias?: boolean;
  scaled?: boolean;
  rotated?: number;
}>;

const LLAMA: LitgptShape = { norm: "rms", gated: true, bias: false };
const GEMMA: LitgptShape = { norm: "rms + 1", gated: true, bias: false, scaled: true };
const NEOX: LitgptShape = { parallel: true, norm: "layer", gated: false, bias: true, rotated: 0.25 };

/** By transformers' model types. @see litgpt/config.py */
const LITGPT_SHAPES: Readonly<Record<string, LitgptShape>> = {
  llama: LLAMA,
  mistral: LLAMA,
  qwen2: LLAMA,
  phi3: LLAMA,
  gemma: GEMMA,
  gemma2: { ...GEMMA, postNorms: true },
  gpt_neox: NEOX,
  stablelm: { norm: "layer", gated: true, bias: false, rotated: 0.25 },
  phi: { ...NEOX, sharedNorm: true, headBias: true, rotated: 0.5 },
  falcon: { ...NEOX, bias: false, rotated: 1 },
};

/** LitGPT's `Config` of this model. Where a layer has one norm, attention and MLP run in parallel and share it: `Block` allows it nowhere else. @internal */
export const shapeOfModel = (a: Architecture): LitgptShape => {
  const shape = LITGPT_SHAPES[a.model_type.slice(a.model_type.indexOf("/") + 1)] ?? LLAMA;
  return a.norms_per_layer === 1 ? { ...shape, parallel: true, sharedNorm: true } : shape;
};

const RMS = { rms: litgptRmsNorm(false), "rms + 1": litgptRmsNorm(true), layer: layerNorm } as const;

const norm = (layer: Loaded, name: string, x: Tensor): Tensor =>
  RMS[shapeOfModel(layer.architecture).norm](layer, name, x);

const rotatedWidth = (a: Architecture): number =>
  Math.floor(a.head_dim * (a.partial_rotary_factor ?? shapeOfModel(a).rotated ?? 1));

/** `apply_rope`: the tables are fp32, so the products are too, and the result is cast back. */
const applyRope = (x: Tensor, [cos, sin]: readonly [Tensor, Tensor]): Tensor =>
  scoped(x.tape, () => {
    bind(x);
    const width = Number(x.shape.dims[3]);
    const half = withLast(x.shape, width / 2);
    const [x1, x2] = bindAll([slice(x, half), slice(x, half)]) as readonly [Tensor, Tensor];
    const rotated = bind(cat(negate(x2), x1, x.shape));
    const roped = bind(add(mul(x, cos), mul(rotated, sin)));
    return to(roped, x.dtype);
  });

const rope = (x: Tensor, width: number, tables: readonly [Tensor, Tensor]): Tensor => {
  const whole = Number(x.shape.dims[3]);
  const roped = bind(applyRope(slice(x, withLast(x.shape, width)), tables));
  const result = cat(roped, slice(x, withLast(x.shape, whole - width)), x.shape);
  unname(roped);
  return result;
};

/**
 * Queries, keys or values of the projection, in heads. With as many key heads as query heads it is a view, and so are the queries where there is one key head.
 * Else it is copied, with keys and values repeated for every query head.
 */
const headsOf = (qkv: Tensor, a: Architecture, isQuery: boolean): Tensor => {
  const { head_dim, num_attention_heads: all, num_key_value_heads: groups } = a;
  const heads = isQuery ? all : groups;
  const states = inHeads(slice(qkv, withLast(qkv.shape, heads * head_dim)), head_dim);
  if (groups === all || (isQuery && groups === 1)) return states;
  return repeated(states, all);
};

const repeated = (states: Tensor, heads: number): Tensor => {
  const { shape, tape, dtype } = states;
  return record({
    name: "reshape",
    inputs: [states],
    shape: shapeOf("b", heads, "s", shape.dims[3] ?? 1),
    dtype,
    backward: () => [fresh(tape, shape, dtype)],
  });
};

/** `CausalSelfAttention.forward` */
const attention = (layer: Loaded, tables: readonly [Tensor, Tensor], x: Tensor): Tensor =>
  call(
    "self_attn",
    (input) => {
      const { architecture: a, options } = layer;
      const { num_attention_heads: heads, head_dim } = a;
      const width = rotatedWidth(a);
      const qkv = bind(litgptQkv(layer, "self_attn", input));
      let q = bind(headsOf(qkv, a, true));
      let k = bind(headsOf(qkv, a, false));
      const value = bind(headsOf(qkv, a, false));
      const q_roped = bind(q);
      q = rebind(q, rope(q_roped, width, tables));
      unname(q_roped);
      k = rebind(k, rope(k, width, tables));
      const isSoftcapped = a.attn_logit_softcapping !== undefined;
      let y: Tensor;
      if (isSoftcapped || options.attn_implementation === "eager") {
        const mask = bind(withoutGraph({ name: "triu", shape: shapeOf("s", "s"), dtype: q.dtype }, q));
        [y] = bindAll(eagerAttention({ query: q, key: k, value }, { mask, softcap: isSoftcapped }));
      } else {
        const cast = toKernel({ query: q, key: k, value });
        // `cat` makes queries that lie heads first in memory, and a kernel's result lies as they do: the reshape below copies.
        const attended =
          options.attn_implementation === "math"
            ? withoutAutocast(q.tape, () => mathAttention(cast, null))
            : flashAttention([cast.query, cast.key, cast.value], null, false);
        y = bind(sequenceFirst(attended));
      }
      y = rebind(y, reshape(y, shapeOf("b", "s", heads * head_dim)));
      return litgptLinear(layer, "self_attn.o_proj", y);
    },
    x,
  );

/** `LLaMAMLP`, `GemmaMLP` or `GptNeoxMLP`. */
const mlp = (layer: Loaded, x: Tensor): Tensor =>
  call(
    "mlp",
    (input) => {
      const { gated } = shapeOfModel(layer.architecture);
      const { hidden_act = "silu" } = layer.architecture;
      // GELU is one kernel, whatever its approximation.
      const act = hidden_act.startsWith("gelu") ? gelu : activation(hidden_act);
      if (!gated) {
        let hidden = bind(litgptLinear(layer, "mlp.up_proj", input));
        hidden = rebind(hidden, act(hidden));
        return litgptLinear(layer, "mlp.down_proj", hidden);
      }
      const x_fc_1 = bind(litgptLinear(layer, "mlp.gate_proj", input));
      const x_fc_2 = bind(litgptLinear(layer, "mlp.up_proj", input));
      return litgptLinear(layer, "mlp.down_proj", bind(mul(act(x_fc_1), x_fc_2)));
    },
    x,
  );

/** LitGPT's `GPT` and `Block`. @see litgpt 0.5.13, model.py, lora.py */
const litgptForward: Forward = {
  chunkSize: LITGPT_POSITIONS,
  buffers: () => [],
  keepsPositions: true,
  positions: (_, input_ids) => input_ids,
  embed: (model, input_ids) => {
    const x = embedTokens(model, input_ids);
    return shapeOfModel(model.options.architecture).scaled ? scale(x) : x;
  },
  // `model.cos` and `model.sin` are made for the longest sequence, outside of the 16-bit context.
  context: ({ options }, inputs_embeds) =>
    ["cos", "sin"].map((name) =>
      withoutGraph(
        { name, shape: shapeOf(1, 1, "s", rotatedWidth(options.architecture)), dtype: "fp32" },
        inputs_embeds,
      ),
    ),
  layer: (layer, [cos, sin], x) => {
    const { parallel, sharedNorm, postNorms } = shapeOfModel(layer.architecture);
    const post = (name: string, branch: Tensor): Tensor => (postNorms ? norm(layer, name, branch) : branch);
    let x_normed = bind(norm(layer, "input_layernorm", x));
    let attention_output = bind(attention(layer, [cos as Tensor, sin as Tensor], x_normed));
    if (postNorms) attention_output = rebind(attention_output, norm(layer, "post_attention_norm", attention_output));
    if (parallel) {
      if (!sharedNorm) x_normed = rebind(x_normed, norm(layer, "post_attention_layernorm", x));
      return add(add(mlp(layer, x_normed), attention_output), x);
    }
    const middle = bind(add(attention_output, x));
    return add(post("post_mlp_norm", mlp(layer, norm(layer, "post_attention_layernorm", middle))), middle);
  },
  finalNorm: ({ final }, x) => norm(final, "norm", x),
  logits: ({ head }, x) => applyLinear(head, x),
  headAndLoss: litgptLoss,
};

/** The modules of a layer, by the names of transformers' Llama. LitGPT's presets call them `query`, `key`, `value` (one linear), `projection` and `mlp`. */
const layerModules = (a: Architecture): ReturnType<Layout>["layers"][number]["modules"] => {
  const { hidden, query, keyValue, intermediate } = widths(a);
  const { norm, gated, bias, sharedNorm, postNorms } = shapeOfModel(a);
  const normed = norm === "layer" ? layerNormTensors : rmsNormTensors;
  const qkvBias = bias || a.qkv_bias || a.attention_bias || false;
  const names = [
    "input_layernorm",
    ...(sharedNorm ? [] : ["post_attention_layernorm"]),
    ...(postNorms ? ["post_attention_norm", "post_mlp_norm"] : []),
  ];
  return [
    ...linears("self_attn", {
      q_proj: [hidden, query, qkvBias],
      k_proj: [hidden, keyValue, qkvBias],
      v_proj: [hidden, keyValue, qkvBias],
      o_proj: [query, hidden, bias],
    }),
    ...linears("mlp", {
      ...(gated && { gate_proj: [hidden, intermediate, bias] as const }),
      up_proj: [hidden, intermediate, bias],
      down_proj: [intermediate, hidden, bias],
    }),
    ...names.map((name) => normed(name, hidden)),
  ];
};

/**
 * LitGPT's one model file for all families. Queries, keys and values come from one product; the head is never tied, even where the checkpoint ties it; all
 * linears are quantised, and so is the head. Modules have the names of transformers' Llama here.
 *
 * @see litgpt 0.5.13, model.py, lora.py; config.py for each model
 * @internal
 */
export const layout: Layout = (a) => {
  const { norm, headBias } = shapeOfModel(a);
  return {
    embeddings: [embeddingTensors("embed_tokens", a.vocab_size, a.hidden_size)],
    layers: uniformLayers(a, layerModules(a)),
    final: [(norm === "layer" ? layerNormTensors : rmsNormTensors)("norm", a.hidden_size)],
    // bitsandbytes' plugin quantises the head as it does any linear.
    head: { module: linearTensors("lm_head", [a.hidden_size, a.vocab_size, headBias]), tied: false },
  };
};

const OWN_CODE: None = { none: "LitGPT's code is its own: what transformers and PyTorch divide is not in it." };
const OWN_STEP: None = { none: "LitGPT runs its own step, and no other library's layer." };

/** Types that were held against a run of LitGPT's own step. */
const HELD = new Set(["llama", "phi3", "gemma", "gemma2", "gpt_neox", "phi", "falcon"]);

/** Names as the families of transformers have them. */
const NAMES = new Map([
  ["llama", "Llama"],
  ["mistral", "Mistral"],
  ["qwen2", "Qwen 2"],
  ["phi3", "Phi 3"],
  ["gemma", "Gemma"],
  ["gemma2", "Gemma 2"],
  ["gpt_neox", "GPT-NeoX"],
  ["stablelm", "StableLM"],
  ["phi", "Phi"],
  ["falcon", "Falcon"],
]);

const modelType = (type: string): ModelType => ({
  name: NAMES.get(type) ?? type,
  forward: litgptForward,
  tensorParallel: OWN_CODE,
  contextParallel: true,
  ulysses: OWN_CODE,
  pipeline: true,
  transformers4: OWN_STEP,
  torchtune: OWN_STEP,
  unsloth: OWN_STEP,
  liger: OWN_STEP,
  config: { none: "Checkpoints have a config.json of transformers, whose type has these facts." },
  heldAgainst: HELD.has(type) ? { runs: ["LitGPT"] } : { none: "No row of LitGPT's own step is of this type." },
  approximation: EXACT,
});

/** LitGPT's one model file, for every type that it knows, in two versions. */
export const litgpt: Family = {
  model_types: Object.fromEntries(
    Object.keys(LITGPT_SHAPES).flatMap((type) =>
      ["litgpt", "litgpt-0.4"].map((library) => [`${library}/${type}`, modelType(type)]),
    ),
  ),
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
