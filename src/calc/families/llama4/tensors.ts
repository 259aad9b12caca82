import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { ExpertsModule, Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { expertWidth } from "#calc/families/parts/tensors/experts.ts";
import { gatedMlp } from "#calc/families/parts/tensors/gated-mlp.ts";
import { kindsOf, layersOfKinds } from "#calc/families/parts/tensors/layers-of-kinds.ts";
import { linear } from "#calc/families/parts/tensors/linear.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";

/** `Llama4TextExperts`: stored transposed. */
const experts = (a: Architecture): ExpertsModule => {
  const [count, hidden, width] = [a.num_experts ?? 0, a.hidden_size, expertWidth(a)];
  return {
    kind: "experts",
    name: "feed_forward.experts",
    num_experts: count,
    tensors: [
      { name: "gate_up_proj", shape: [count, hidden, 2 * width] },
      { name: "down_proj", shape: [count, width, hidden] },
    ],
    adapted: [],
    transposed: true,
    undivided: "each of whose experts takes every token: transformers has no plan that divides them",
  };
};

const feedForward = (a: Architecture, kind: "dense" | "sparse"): readonly Module[] =>
  kind === "dense"
    ? gatedMlp("feed_forward", [a.hidden_size, a.intermediate_size_mlp ?? a.intermediate_size ?? 0])
    : [
        experts(a),
        { ...linear("feed_forward.router", [a.hidden_size, a.num_experts ?? 0]), inherits: true },
        ...gatedMlp("feed_forward.shared_expert", [a.hidden_size, expertWidth(a)]),
      ];

const layer = (a: Architecture, kind: "dense" | "sparse"): readonly Module[] => [
  ...selfAttention(a),
  ...feedForward(a, kind),
  rmsNorm("input_layernorm", a.hidden_size),
  rmsNorm("post_attention_layernorm", a.hidden_size),
];

/** Llama 4, text decoder: experts in every layer (Scout) or in every second one (Maverick). @see transformers 5.24, modeling_llama4.py */
export const layout: Layout = (a) => {
  const step = a.interleave_moe_layer_step ?? 1;
  const kinds = kindsOf(a, (index) => ((index + 1) % step === 0 ? "sparse" : "dense"));
  return causalLm(a, { layers: layersOfKinds(kinds, (kind) => layer(a, kind)) });
};
