import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { expertWidth, router } from "#calc/families/parts/tensors/experts.ts";
import { gatedMlp } from "#calc/families/parts/tensors/gated-mlp.ts";
import { kindsOf, layersOfKinds } from "#calc/families/parts/tensors/layers-of-kinds.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/** Every expert is a `DeepseekMLP` of its own: its matrices are linears, quantised and adapted as such. */
const sparseMlp = (a: Architecture): readonly Module[] => {
  const [hidden, width] = [a.hidden_size, expertWidth(a)];
  const experts = Array.from({ length: a.num_experts ?? 0 }, (_, expert) =>
    gatedMlp(`mlp.experts.${expert}`, [hidden, width]),
  );
  return [
    ...experts.flat(),
    router(a, "mlp.gate"),
    ...gatedMlp("mlp.shared_experts", [hidden, (a.n_shared_experts ?? 0) * width]),
  ];
};

const layer = (a: Architecture, kind: "dense" | "sparse"): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  return [
    ...selfAttention(a),
    ...(kind === "sparse" ? sparseMlp(a) : gatedMlp("mlp", [hidden, intermediate])),
    rmsNorm("input_layernorm", hidden),
    rmsNorm("post_attention_layernorm", hidden),
  ];
};

/** DeepSeekMoE 16B, the first generation. @see modeling_deepseek.py, remote code of deepseek-ai/deepseek-moe-16b-base (not in transformers) */
export const layout: Layout = (a) => {
  const kinds = kindsOf(a, (index) => (index < (a.first_k_dense_replace ?? 0) ? "dense" : "sparse"));
  return causalLm(a, { layers: layersOfKinds(kinds, (kind) => layer(a, kind)) });
};
