import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { gatedMlp } from "#calc/families/parts/tensors/gated-mlp.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

const layer = (a: Architecture): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  return [
    ...selfAttention({ ...a, qk_norm: false }),
    ...(a.qk_norm ? [rmsNorm("self_attn.q_norm", a.num_attention_heads, a.head_dim)] : []),
    ...(a.qk_norm ? [rmsNorm("self_attn.k_norm", a.num_key_value_heads, a.head_dim)] : []),
    ...gatedMlp("mlp", [hidden, intermediate]),
    rmsNorm("input_layernorm", hidden),
  ];
};

/** Command R and Aya: attention and MLP side by side behind one LayerNorm without bias. @see transformers 5.24, modeling_cohere.py, modeling_cohere2.py */
export const layout: Layout = (a) => causalLm(a, { layers: uniformLayers(a, layer(a)) });
