import type { Family } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/shared/tensors/causal-lm.ts";
import { gatedMlp } from "#calc/families/shared/tensors/gated-mlp.ts";
import { uniformLayers } from "#calc/families/shared/tensors/layers.ts";
import { linears } from "#calc/families/shared/tensors/linears.ts";
import { normOf } from "#calc/families/shared/tensors/norms.ts";
import { selfAttention } from "#calc/families/shared/tensors/self-attention.ts";
import { LLAMA_TARGETS } from "#calc/families/shared/tensors/targets.ts";
import { widths } from "#calc/families/shared/tensors/widths.ts";

/**
 * The types of this shape, with what their modelling file fixes in code. Kinds of norm and of MLP hold whatever a config says, biases and norms on
 * queries and keys where it says nothing.
 */
const MODEL_TYPES: Readonly<Record<string, Partial<Architecture>>> = {
  llama: {},
  mistral: {},
  mistral3: {},
  ministral3: {},
  qwen2: { qkv_bias: true },
  qwen3: { qk_norm: "head" },
  gemma: {},
  smollm3: {},
  granite: {},
  seed_oss: { qkv_bias: true },
  internlm3: {},
  ernie4_5: {},
  olmo: { norm_type: "none" },
  arcee: { mlp_type: "plain" },
  nemotron: { mlp_type: "plain", norm_type: "layernorm" },
  minicpm: {},
  mimo: { qkv_bias: true },
};

/** `LlamaMLP`, or without the gate. */
export const llamaMlp = (a: Architecture): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  if (a.mlp_type !== "plain") return gatedMlp("mlp", [hidden, intermediate], a.mlp_bias);
  return linears("mlp", "mlp", {
    up_proj: [hidden, intermediate, a.mlp_bias],
    down_proj: [intermediate, hidden, a.mlp_bias],
  });
};

/** `LlamaDecoderLayer`. */
export const llamaLayer = (a: Architecture, mlp: readonly Module[]): readonly Module[] => [
  ...selfAttention(a),
  ...mlp,
  normOf(a.norm_type)("input_layernorm", a.hidden_size),
  normOf(a.norm_type)("post_attention_layernorm", a.hidden_size),
];

/**
 * The Llama shape: norm, separate q, k, v, o, residual; norm, MLP, residual. Biases, norms on queries and keys, kind of norm and of MLP are
 * as the fields say. `minicpm` and `mimo` are remote code of this shape (modeling_minicpm.py; modeling_mimo.py, whose
 * multi-token-prediction layer is not created for training).
 * @see transformers 5.24, modeling_llama.py; modeling_mistral.py, modeling_qwen2.py, modeling_nemotron.py ... differ in the fields only
 */
export const llama: Family = {
  model_types: Object.keys(MODEL_TYPES),
  layout: (architecture) => {
    const own = MODEL_TYPES[architecture.model_type];
    const { mlp_type = "gated", norm_type = "rmsnorm" } = own ?? {};
    const a = { ...own, ...architecture, mlp_type, norm_type };
    return causalLm(a, { layers: uniformLayers(a, llamaLayer(a, llamaMlp(a))) });
  },
  targets: LLAMA_TARGETS,
};
