import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { llamaLayer, llamaMlp } from "#calc/families/llama/tensors.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { expertWidth, fusedExperts, router } from "#calc/families/parts/tensors/experts.ts";
import { gatedMlp } from "#calc/families/parts/tensors/gated-mlp.ts";
import { kindsOf, layersOfKinds } from "#calc/families/parts/tensors/layers-of-kinds.ts";

const sparseMlp = (a: Architecture): readonly Module[] => {
  const shared = a.shared_expert_intermediate_size ?? (a.n_shared_experts ?? 0) * expertWidth(a);
  return [
    router(a, "mlp.gate"),
    fusedExperts(a, "mlp.experts"),
    ...(shared > 0 ? gatedMlp("mlp.shared_expert", [a.hidden_size, shared], a.mlp_bias) : []),
  ];
};

/**
 * A guess at a model whose code is unknown: the Llama shape from the fields that its config has, gated where `mlp_type` is absent, with fused experts where it
 * has `num_experts`, in every layer but the first `first_k_dense_replace`.
 */
export const layout: Layout = (a) => {
  const firstSparse = a.num_experts ? (a.first_k_dense_replace ?? 0) : a.num_hidden_layers;
  const kinds = kindsOf(a, (index) => (index < firstSparse ? "dense" : "sparse"));
  return causalLm(a, {
    layers: layersOfKinds(kinds, (kind) => llamaLayer(a, kind === "dense" ? llamaMlp(a) : sparseMlp(a))),
  });
};
