import type { Layout } from "#calc/families/family.ts";
import { expertWidth } from "#calc/families/parts/tensors/experts.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";

const expert = (a: Architecture, index: number): readonly Module[] => {
  const [hidden, width] = [a.hidden_size, expertWidth(a)];
  return linears(`block_sparse_moe.experts.${index}`, {
    w1: [hidden, width],
    w2: [width, hidden],
    w3: [hidden, width],
  });
};

const layer = (a: Architecture): readonly Module[] => [
  ...selfAttention(a),
  ...linears("block_sparse_moe", { gate: [a.hidden_size, a.num_experts ?? 0] }),
  ...Array.from({ length: a.num_experts ?? 0 }, (_, index) => expert(a, index)).flat(),
  rmsNorm("input_layernorm", a.hidden_size),
  rmsNorm("post_attention_layernorm", a.hidden_size),
];

/** Mixtral up to version 4: the router and each expert's matrices are linears, which are quantised and adapted as such. @see transformers 4.48, modeling_mixtral.py */
export const layout: Layout = (a) => causalLm(a, { layers: uniformLayers(a, layer(a)) });
