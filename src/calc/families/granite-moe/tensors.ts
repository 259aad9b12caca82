import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { fusedExperts, router } from "#calc/families/parts/tensors/experts.ts";
import { kindsOf, layersOfKinds } from "#calc/families/parts/tensors/layers-of-kinds.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { mamba2 } from "#calc/families/parts/tensors/mamba2.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

type Kind = "attention" | "mamba";

/** Experts, where there are any; in the hybrid also a dense MLP with gate and up in one linear. */
const feedForward = (a: Architecture): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  const shared = a.shared_expert_intermediate_size ?? intermediate;
  return [
    ...(a.num_experts ? [router(a, "block_sparse_moe.router"), fusedExperts(a, "block_sparse_moe.experts")] : []),
    ...(a.model_type === "granitemoehybrid"
      ? linears("shared_mlp", { input_linear: [hidden, 2 * shared], output_linear: [shared, hidden] })
      : []),
  ];
};

const layer = (a: Architecture, kind: Kind): readonly Module[] => [
  rmsNorm("input_layernorm", a.hidden_size),
  rmsNorm("post_attention_layernorm", a.hidden_size),
  ...feedForward(a),
  ...(kind === "mamba" ? mamba2(a, "mamba") : selfAttention(a)),
];

/** Granite 3 MoE; Granite 4, with Mamba 2 in most layers or in none. @see transformers 5.24, modeling_granitemoe.py, modeling_granitemoehybrid.py */
export const layout: Layout = (a) => {
  const mixers = a.layer_kinds ?? a.layer_types ?? [];
  const kinds = kindsOf(a, (index): Kind => (mixers[index]?.startsWith("mamba") ? "mamba" : "attention"));
  return causalLm(a, { layers: layersOfKinds(kinds, (kind) => layer(a, kind)) });
};
