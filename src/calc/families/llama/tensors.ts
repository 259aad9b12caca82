import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { gatedMlp } from "#calc/families/parts/tensors/gated-mlp.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { normOf } from "#calc/families/parts/tensors/norms.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/** Fields that the modelling files of these types fix. They hold where a config does not have them. */
const FIXED: Readonly<Record<string, Partial<Architecture>>> = {
  qwen2: { qkv_bias: true },
  qwen3: { qk_norm: "head" },
};

/** `LlamaMLP`, or without the gate. */
export const llamaMlp = (a: Architecture): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  if (a.mlp_type !== "plain") return gatedMlp("mlp", [hidden, intermediate], a.mlp_bias);
  return linears("mlp", {
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
 * The Llama shape: norm, separate q, k, v, o, residual; norm, MLP, residual. The config's fields decide on biases and on norms of queries and keys. The
 * modelling file fixes the kinds of norm and MLP, whatever a config says.
 * @see transformers 5.24, modeling_llama.py; modeling_mistral.py, modeling_qwen2.py, modeling_nemotron.py ... differ in the fields only
 */
export const llamaShape =
  (fixed: Partial<Architecture> = {}): Layout =>
  (architecture) => {
    const { mlp_type = "gated", norm_type = "rmsnorm" } = fixed;
    const a = { ...fixed, ...architecture, mlp_type, norm_type };
    return causalLm(a, { layers: uniformLayers(a, llamaLayer(a, llamaMlp(a))) });
  };

/** Llama, Mistral, Qwen 2 and 3, InternLM 3. */
export const layout: Layout = (a) => llamaShape(FIXED[a.model_type])(a);
