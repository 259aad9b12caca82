import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { gatedMlp } from "#calc/families/parts/tensors/gated-mlp.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { layerNorm, rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/** `StableLmLayerNormPerHead`: one LayerNorm without bias for every head. */
const normPerHead = (path: string, [heads, width]: readonly [number, number]): readonly Module[] =>
  Array.from({ length: heads }, (_, head) => rmsNorm(`${path}.norms.${head}`, width));

const layer = (a: Architecture): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  return [
    ...selfAttention({ ...a, qk_norm: false }),
    ...(a.qk_norm ? normPerHead("self_attn.q_layernorm", [a.num_attention_heads, a.head_dim]) : []),
    ...(a.qk_norm ? normPerHead("self_attn.k_layernorm", [a.num_key_value_heads, a.head_dim]) : []),
    ...gatedMlp("mlp", [hidden, intermediate]),
    layerNorm("input_layernorm", hidden),
    layerNorm("post_attention_layernorm", hidden),
  ];
};

/**
 * StableLM: LayerNorm around Llama's modules. The second norm is counted also in the 12B, whose parallel residual (`use_parallel_residual`)
 * leaves it out: 409,600 parameters in 12.1 billion. @see transformers 5.24, modeling_stablelm.py
 */
export const layout: Layout = (architecture) => {
  const a = { norm_type: "layernorm", ...architecture } as const;
  return causalLm(a, { layers: uniformLayers(a, layer(a)) });
};
