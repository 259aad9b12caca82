import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { fusedExperts, OLD_NAMES, router } from "#calc/families/parts/tensors/experts.ts";
import { gatedMlp } from "#calc/families/parts/tensors/gated-mlp.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linear } from "#calc/families/parts/tensors/linear.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";

/** Types whose fused experts PEFT 0.21 adapts; it does not adapt those of qwen2_moe and qwen3_5_moe. */
const FOLLOWED = new Set(["qwen3_moe", "olmoe", "qwen3_next"]);

/** Types of version 4 of transformers, in which each expert's matrix was a linear. @see transformers 4.51, modeling_qwen2_moe.py, modeling_qwen3_moe.py, modeling_olmoe.py */
const IN_VERSION_4 = new Set(["qwen2_moe", "qwen3_moe", "olmoe"]);

const FIXED: Readonly<Record<string, Partial<Architecture>>> = {
  qwen2_moe: { qkv_bias: true, shared_expert_gate: true },
  qwen3_moe: { qk_norm: "head" },
  olmoe: { qk_norm: "full" },
};

/** `...SparseMoeBlock`: router, experts, and in Qwen1.5, 2, Next and 3.5 a shared expert behind a gate of its own. */
export const qwenSparseBlock = (a: Architecture): readonly Module[] => {
  const { hidden_size: hidden, shared_expert_intermediate_size: shared } = a;
  return [
    router(a, "mlp.gate"),
    fusedExperts(a, "mlp.experts", {
      ...(FOLLOWED.has(a.model_type) && { peft: OLD_NAMES.qwen2_moe }),
      ...(IN_VERSION_4.has(a.model_type) && { linears: OLD_NAMES.qwen2_moe }),
    }),
    ...(shared ? gatedMlp("mlp.shared_expert", [hidden, shared]) : []),
    ...(shared && a.shared_expert_gate !== false ? [linear("mlp.shared_expert_gate", [hidden, 1])] : []),
  ];
};

const layer = (a: Architecture): readonly Module[] => [
  ...selfAttention(a),
  ...qwenSparseBlock(a),
  rmsNorm("input_layernorm", a.hidden_size),
  rmsNorm("post_attention_layernorm", a.hidden_size),
];

/** Qwen1.5-MoE, Qwen2-MoE, Qwen3-MoE and OLMoE. @see transformers 5.24, modeling_qwen2_moe.py, modeling_qwen3_moe.py, modeling_olmoe.py */
export const layout: Layout = (architecture) => {
  const a = { ...FIXED[architecture.model_type], ...architecture };
  return causalLm(a, { layers: uniformLayers(a, layer(a)) });
};
