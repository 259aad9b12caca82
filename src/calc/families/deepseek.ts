// DeepSeek V2 and V3, GLM-4.7-Flash, MiniCPM3: multi-head latent attention, with experts or a dense MLP.

import { attention } from "#calc/modules/attention.ts";
import { type Attended, inHeads } from "#calc/modules/heads.ts";
import { linear } from "#calc/modules/linear.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import {
  type ApplyRotary,
  applyRotary,
  applyRotaryComplex,
  applyRotaryInterleaved,
  complexTables,
} from "#calc/modules/rotary.ts";
import { cat, expand, split, view } from "#calc/tape/ops/views.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { copySlice } from "#calc/tape/ops/indexing.ts";
import { bind, bindAll, call, rebind, scoped } from "#calc/tape/scope.ts";
import { shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Attend } from "./parts/attention.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { topKRouter } from "#calc/modules/router.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { decoderModel, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Buffer, Forward } from "#calc/modules/forward.ts";
import { gemmaForward } from "./gemma.ts";
import {
  correctedBlock,
  correctionBias,
  denseOrSparse,
  sparseBlock,
  DEEPSEEK_LINEARS,
  expertWidth,
  fusedExperts,
  OLD_NAMES,
  router,
} from "./parts/experts.ts";
import type { Module } from "#calc/model/layout.ts";
import type { Layout, Family, ModelType } from "./family.ts";
import {
  LLAMA_FIELDS,
  OTHER_WIDTHS,
  NO_REFUSED,
  EXACT,
  WITH_SHARED_EXPERT,
  LATENT_ATTENTION,
  TRANSFORMERS_ONLY,
} from "#calc/families/parts/facts.ts";
import {
  linears,
  rmsNormTensors,
  causalLmLayout,
  gatedMlpTensors,
  layerKinds,
  layersOfKinds,
  selfAttentionTensors,
  widths,
} from "./parts/tensors.ts";

/** `torch.split(x, [first, second], dim=-1)`, bound to names of the caller. */
const inTwo = (x: Tensor, first: number, second: number): readonly [Tensor, Tensor] =>
  bindAll(split(x, [withLast(x.shape, first), shapeOf(...x.shape.dims.slice(0, -1), second)])) as readonly [
    Tensor,
    Tensor,
  ];

/** `expand_kv`: copies each head's keys and the one rotary part that all heads share into a new tensor; values are a view. */
const expandKv = (
  kv_nope: Tensor,
  k_rot: Tensor,
  { nope, value }: Readonly<{ nope: number; value: number }>,
): readonly [key: Tensor, value: Tensor] =>
  scoped(kv_nope.tape, (): readonly [Tensor, Tensor] => {
    const kv = bind(inHeads(kv_nope, nope + value));
    const [k_nope, value_states] = inTwo(kv, nope, value);
    const [, heads = 1] = kv.shape.dims;
    const rope = Number(k_rot.shape.dims[3]);
    const shared = bind(expand(k_rot, shapeOf("b", heads, "s", rope)));
    let key_states = bind(
      withoutGraph({ name: "new_empty", shape: shapeOf("b", heads, "s", nope + rope), dtype: kv.dtype }, kv),
    );
    key_states = rebind(key_states, copySlice(key_states, k_nope));
    key_states = rebind(key_states, copySlice(key_states, shared));
    return [key_states, value_states];
  });

/** `DeepseekV3Attention.forward` and its kin: queries through one bottleneck, keys and values through another. */
const latentAttention =
  (rotary: ApplyRotary): Attend =>
  (layer, context, hidden_states) =>
    call(
      "self_attn",
      (x): Attended => {
        const { q_lora_rank, kv_lora_rank = 0, v_head_dim = 0 } = layer.architecture;
        const { qk_nope_head_dim: nope = 0, qk_rope_head_dim: rope = 0 } = layer.architecture;
        const projected = (name: string, states: Tensor): Tensor => linear(layer, `self_attn.${name}`, states);
        const normed = (name: string, states: Tensor): Tensor => rmsNorm(layer, `self_attn.${name}`, states);
        const q = q_lora_rank
          ? projected("q_b_proj", normed("q_a_layernorm", projected("q_a_proj", x)))
          : projected("q_proj", x);
        const q_states = bind(inHeads(q, nope + rope));
        const [q_pass, q_rot] = inTwo(q_states, nope, rope);
        const compressed_kv = bind(projected("kv_a_proj_with_mqa", x));
        const [kv_pass, k_pe] = inTwo(compressed_kv, kv_lora_rank, rope);
        const kv_nope = bind(view(normed("kv_a_layernorm", kv_pass), shapeOf("b", 1, "s", kv_lora_rank)));
        const k_rot = bind(view(k_pe, shapeOf("b", 1, "s", rope)));
        const [query_rot, key_rot] = bindAll(rotary(q_rot, k_rot, context));
        const query = bind(cat(q_pass, query_rot, q_states.shape));
        const [key, value] = bindAll(expandKv(projected("kv_b_proj", kv_nope), key_rot, { nope, value: v_head_dim }));
        const [attn_output, attn_weights] = bindAll(attention(layer.options, { query, key, value }, context));
        return [projected("o_proj", attn_output), attn_weights];
      },
      hidden_states,
    );

const parts = { norm: rmsNorm, rotaryWidth: ({ qk_rope_head_dim = 0 }: Architecture): number => qk_rope_head_dim };
const base = decoderModel(parts);

/** DeepSeek-V2, with greedy routing (not limited to groups). @see transformers 5.24, modeling_deepseek_v2.py */
const deepseekV2: Forward = {
  ...decoderModel({ ...parts, makeTables: complexTables }),
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: denseOrSparse(sparseBlock(topKRouter({ normalized: false, castBack: false, inFloat: true }))),
    attend: latentAttention(applyRotaryComplex),
  }),
};

/** DeepSeek-V3, GLM-4.7-Flash. @see transformers 5.24, modeling_deepseek_v3.py, modeling_glm4_moe_lite.py */
const deepseekV3: Forward = {
  ...base,
  layerBuffers: correctionBias,
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: denseOrSparse(correctedBlock),
    attend: latentAttention(applyRotaryInterleaved),
  }),
};

/** `embed_scale`: an integer. */
const embedScale: Buffer = { elements: 1, dtype: "int64" };

/** MiniCPM3: embeddings, branches and the last hidden state are multiplied by a number; no experts. @see transformers 5.24, modeling_minicpm3.py */
const minicpm3: Forward = {
  ...base,
  buffers: (options) => [...base.buffers(options), embedScale],
  embed: gemmaForward.embed,
  layer: preNormLayer({ norm: rmsNorm, mlp: gatedMlp, attend: latentAttention(applyRotary), branch: scale }),
  logits: (model, hidden_states) => base.logits(model, bind(scale(hidden_states))),
};

/**
 * Multi-head latent attention: keys and values through a bottleneck of `kv_lora_rank`, queries through one of `q_lora_rank` where there is
 * one; the rotary part of the keys is shared by all heads. @see DeepSeek-V2, arXiv 2405.04434, section 2.1
 */
const latentAttentionTensors = (a: Architecture): readonly Module[] => {
  const { hidden_size: hidden, num_attention_heads: heads, q_lora_rank, kv_lora_rank = 0 } = a;
  const { qk_nope_head_dim: nope = 0, qk_rope_head_dim: rope = 0, v_head_dim: value = 0 } = a;
  const query = heads * (nope + rope);
  return [
    ...(q_lora_rank
      ? [
          ...linears("self_attn", { q_a_proj: [hidden, q_lora_rank, a.attention_bias] }),
          rmsNormTensors("self_attn.q_a_layernorm", q_lora_rank),
          ...linears("self_attn", { q_b_proj: [q_lora_rank, query] }),
        ]
      : linears("self_attn", { q_proj: [hidden, query] })),
    ...linears("self_attn", { kv_a_proj_with_mqa: [hidden, kv_lora_rank + rope, a.attention_bias] }),
    rmsNormTensors("self_attn.kv_a_layernorm", kv_lora_rank),
    ...linears("self_attn", {
      kv_b_proj: [kv_lora_rank, heads * (nope + value)],
      o_proj: [heads * value, hidden, a.attention_bias],
    }),
  ];
};

/** Types of version 4 of transformers, or of remote code for it. */
const IN_VERSION_4 = new Set(["deepseek_v2", "deepseek_v3"]);

/** `e_score_correction_bias` of the router is a buffer, not a parameter. */
const sparseMlp = (a: Architecture): readonly Module[] => [
  fusedExperts(a, "mlp.experts", {
    peft: OLD_NAMES.qwen2_moe,
    ...(IN_VERSION_4.has(a.model_type) && { linears: DEEPSEEK_LINEARS }),
  }),
  router(a, "mlp.gate", true),
  ...gatedMlpTensors("mlp.shared_experts", [a.hidden_size, (a.n_shared_experts ?? 0) * expertWidth(a)]),
];

const layer = (a: Architecture, kind: "dense" | "sparse"): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  return [
    ...(a.kv_lora_rank ? latentAttentionTensors(a) : selfAttentionTensors({ ...a, attention_out_bias: false })),
    ...(kind === "sparse" ? sparseMlp(a) : gatedMlpTensors("mlp", [hidden, intermediate])),
    rmsNormTensors("input_layernorm", hidden),
    rmsNormTensors("post_attention_layernorm", hidden),
  ];
};

/**
 * DeepSeek V2 and V3, GLM-4.7-Flash: latent attention, a few dense layers, then layers with experts and shared experts. MiniCPM3: the same
 * attention, all layers dense. No `q-v` preset: there is no value projection. Multi-token-prediction layers are not created.
 * @see transformers 5.24, modeling_deepseek_v2.py, modeling_deepseek_v3.py, modeling_glm4_moe_lite.py, modeling_minicpm3.py
 */
export const layout: Layout = (a) => {
  const firstSparse = a.num_experts ? (a.first_k_dense_replace ?? 1) : a.num_hidden_layers;
  const kinds = layerKinds(a, (index) => (index < firstSparse ? "dense" : "sparse"));
  const { router: gate, gateUp, down } = OLD_NAMES.qwen2_moe;
  return {
    ...causalLmLayout(a, { layers: layersOfKinds(kinds, (kind) => layer(a, kind)) }),
    // PEFT goes by the model's type, so a model that has only dense layers gets no adapters under these names either. Remote code (minicpm3) it does not know.
    ...(a.model_type !== "minicpm3" && { renamed: [gate, ...gateUp, ...down] }),
  };
};

const LATENT_PROJECTIONS = ["q_proj", "q_a_proj", "q_b_proj", "kv_a_proj_with_mqa", "kv_b_proj", "o_proj"] as const;

/** Facts that these types share. */
const SHARED = {
  contextParallel: true,
  ulysses: OTHER_WIDTHS,
  pipeline: true,
  ...TRANSFORMERS_ONLY,
  heldAgainst: { runs: ["step", "tensor parallel", "expert parallel"] },
  approximation: EXACT,
} as const satisfies Partial<ModelType>;

/** DeepSeek V2 and V3, GLM-4.7-Flash, MiniCPM3: all that have latent attention. */
export const deepseek: Family = {
  model_types: {
    deepseek_v2: {
      name: "Deepseek v 2",
      ...SHARED,
      forward: deepseekV2,
      tensorParallel: { ...LATENT_ATTENTION, cuts: WITH_SHARED_EXPERT.cuts },
      config: { fields: LLAMA_FIELDS },
    },
    deepseek_v3: {
      name: "Deepseek v 3",
      ...SHARED,
      forward: deepseekV3,
      tensorParallel: { cuts: ["mlp", "experts", "shared"] },
      config: { fields: { ...LLAMA_FIELDS, router_correction_bias: true } },
    },
    glm4_moe_lite: {
      name: "Glm 4 MoE lite",
      ...SHARED,
      forward: deepseekV3,
      tensorParallel: LATENT_ATTENTION,
      config: { fields: { ...LLAMA_FIELDS, router_correction_bias: true } },
    },
    minicpm3: {
      name: "Minicpm 3",
      ...SHARED,
      forward: minicpm3,
      tensorParallel: LATENT_ATTENTION,
      config: { fields: LLAMA_FIELDS, tied: true },
      heldAgainst: { runs: ["step", "tensor parallel"] },
    },
  },
  layout,
  targets: {
    "q-v": null,
    attention: LATENT_PROJECTIONS,
    "attention-mlp": [...LATENT_PROJECTIONS, "gate_proj", "up_proj", "down_proj"],
  },
  refused: NO_REFUSED,
};
