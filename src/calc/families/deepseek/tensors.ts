import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import {
  DEEPSEEK_LINEARS,
  expertWidth,
  fusedExperts,
  OLD_NAMES,
  router,
} from "#calc/families/parts/tensors/experts.ts";
import { gatedMlp } from "#calc/families/parts/tensors/gated-mlp.ts";
import { kindsOf, layersOfKinds } from "#calc/families/parts/tensors/layers-of-kinds.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { latentAttention } from "#calc/families/parts/tensors/latent-attention.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/** Types of version 4 of transformers, or of remote code for it. */
const IN_VERSION_4 = new Set(["deepseek_v2", "deepseek_v3"]);

/** `e_score_correction_bias` of the router is a buffer, not a parameter. */
const sparseMlp = (a: Architecture): readonly Module[] => [
  fusedExperts(a, "mlp.experts", {
    peft: OLD_NAMES.qwen2_moe,
    ...(IN_VERSION_4.has(a.model_type) && { linears: DEEPSEEK_LINEARS }),
  }),
  router(a, "mlp.gate", true),
  ...gatedMlp("mlp.shared_experts", [a.hidden_size, (a.n_shared_experts ?? 0) * expertWidth(a)]),
];

const layer = (a: Architecture, kind: "dense" | "sparse"): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  return [
    ...(a.kv_lora_rank ? latentAttention(a) : selfAttention({ ...a, attention_out_bias: false })),
    ...(kind === "sparse" ? sparseMlp(a) : gatedMlp("mlp", [hidden, intermediate])),
    rmsNorm("input_layernorm", hidden),
    rmsNorm("post_attention_layernorm", hidden),
  ];
};

/**
 * DeepSeek V2 and V3, GLM-4.7-Flash: latent attention, a few dense layers, then layers with experts and shared experts. MiniCPM3: the same
 * attention, all layers dense. No `q-v` preset: there is no value projection. Multi-token-prediction layers are not created.
 * @see transformers 5.24, modeling_deepseek_v2.py, modeling_deepseek_v3.py, modeling_glm4_moe_lite.py, modeling_minicpm3.py
 */
export const layout: Layout = (a) => {
  const firstSparse = a.num_experts ? (a.first_k_dense_replace ?? 1) : a.num_hidden_layers;
  const kinds = kindsOf(a, (index) => (index < firstSparse ? "dense" : "sparse"));
  const { router: gate, gateUp, down } = OLD_NAMES.qwen2_moe;
  return {
    ...causalLm(a, { layers: layersOfKinds(kinds, (kind) => layer(a, kind)) }),
    // PEFT goes by the model's type, so a model that has only dense layers gets no adapters under these names either. Remote code (minicpm3) it does not know.
    ...(a.model_type !== "minicpm3" && { renamed: [gate, ...gateUp, ...down] }),
  };
};
