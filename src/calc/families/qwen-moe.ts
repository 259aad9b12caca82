// Qwen 2 MoE (with Qwen1.5), Qwen 3 MoE and OLMoE: fused experts, some with a gated shared expert.

import { causalMask } from "#calc/modules/attention.ts";
import { bind } from "#calc/tape/scope.ts";
import { decoderModel, preNormLayer } from "#calc/families/parts/decoder.ts";
import { qwenBlock, fusedExperts, OLD_NAMES, router } from "#calc/families/parts/experts.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import type { Layout, Family, ModelType } from "./family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import {
  LLAMA_FIELDS,
  NO_REFUSED,
  EXACT,
  WHOLE_PLAN,
  GATHERED_ATTENTION,
  TRANSFORMERS_ONLY,
} from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  gatedMlpTensors,
  uniformLayers,
  linearTensors,
  rmsNormTensors,
  selfAttentionTensors,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";

const base = decoderModel({ norm: rmsNorm });

/** Qwen 3 MoE. @see transformers 5.24, modeling_qwen3_moe.py */
export const qwenMoeForward: Forward = {
  ...base,
  balancesExperts: true,
  layer: preNormLayer({ norm: rmsNorm, mlp: qwenBlock, rotary: applyRotary }),
};

/** Qwen 2 MoE: for padded rows a mask of windows is made too, though no layer has one. @see transformers 5.24, modeling_qwen2_moe.py */
const qwen2Moe: Forward = {
  ...qwenMoeForward,
  context: (model, inputs_embeds, ...ids) => {
    const own = base.context(model, inputs_embeds, ...ids).map(bind);
    return model.options.padding === undefined ? own : [...own, ...causalMask(model.options, inputs_embeds)];
  },
  choose: (_, context) => context.slice(0, 3),
};

/** OLMoE: norms over whole queries and keys. @see transformers 5.24, modeling_olmoe.py */
const olmoe: Forward = {
  ...qwenMoeForward,
  layer: preNormLayer({ norm: rmsNorm, mlp: qwenBlock, rotary: applyRotary, normAt: "projection" }),
};

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
    ...(shared ? gatedMlpTensors("mlp.shared_expert", [hidden, shared]) : []),
    ...(shared && a.shared_expert_gate !== false ? [linearTensors("mlp.shared_expert_gate", [hidden, 1])] : []),
  ];
};

const layer = (a: Architecture): readonly Module[] => [
  ...selfAttentionTensors(a),
  ...qwenSparseBlock(a),
  rmsNormTensors("input_layernorm", a.hidden_size),
  rmsNormTensors("post_attention_layernorm", a.hidden_size),
];

/** Qwen1.5-MoE, Qwen2-MoE, Qwen3-MoE and OLMoE. @see transformers 5.24, modeling_qwen2_moe.py, modeling_qwen3_moe.py, modeling_olmoe.py */
const layout: Layout = (architecture) => {
  const a = { ...FIXED[architecture.model_type], ...architecture };
  return causalLmLayout(a, { layers: uniformLayers(a, layer(a)) });
};

/** Facts that these types share. */
const SHARED = {
  contextParallel: true,
  ulysses: true,
  pipeline: true,
  ...TRANSFORMERS_ONLY,
  heldAgainst: { runs: ["step", "tensor parallel", "Ulysses", "expert parallel"] },
  approximation: EXACT,
} as const satisfies Partial<ModelType>;

/** Qwen1.5-MoE, Qwen2-MoE, Qwen3-MoE and OLMoE. */
export const qwenMoe: Family = {
  model_types: {
    qwen2_moe: {
      name: "Qwen 2 MoE",
      ...SHARED,
      forward: qwen2Moe,
      tensorParallel: WHOLE_PLAN,
      config: { fields: { ...LLAMA_FIELDS, qkv_bias: true, shared_expert_gate: true } },
    },
    qwen3_moe: {
      name: "Qwen 3 MoE",
      ...SHARED,
      forward: qwenMoeForward,
      tensorParallel: WHOLE_PLAN,
      config: { fields: { ...LLAMA_FIELDS, qk_norm: "head" } },
    },
    olmoe: {
      name: "Olmoe",
      ...SHARED,
      forward: olmoe,
      tensorParallel: GATHERED_ATTENTION,
      config: { fields: { ...LLAMA_FIELDS, qk_norm: "full" }, expertsAreIntermediate: true },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
