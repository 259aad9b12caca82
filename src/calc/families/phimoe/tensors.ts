import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { fusedExperts, OLD_NAMES } from "#calc/families/parts/tensors/experts.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linear } from "#calc/families/parts/tensors/linear.ts";
import { layerNorm } from "#calc/families/parts/tensors/norms.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";

const layer = (a: Architecture): readonly Module[] => [
  ...selfAttention(a),
  { ...linear("mlp.router", [a.hidden_size, a.num_experts ?? 0]), inherits: true },
  fusedExperts(a, "mlp.experts", { linears: { ...OLD_NAMES.mixtral, router: null } }),
  layerNorm("input_layernorm", a.hidden_size),
  layerNorm("post_attention_layernorm", a.hidden_size),
];

/** Phi-3.5-MoE: biases in attention and head, LayerNorm; the router is a linear of its own. @see transformers 5.24, modeling_phimoe.py */
export const layout: Layout = (architecture) => {
  const a = { norm_type: "layernorm", ...architecture } as const;
  return causalLm(a, { layers: uniformLayers(a, layer(a)) });
};
