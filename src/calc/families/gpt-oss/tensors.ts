import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { ExpertsModule, Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { expertWidth, router } from "#calc/families/parts/tensors/experts.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { parameters } from "#calc/families/parts/tensors/parameters.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";

/** `GptOssExperts`: stored transposed, with biases. */
const experts = (a: Architecture): ExpertsModule => {
  const [count, hidden, width] = [a.num_experts ?? 0, a.hidden_size, expertWidth(a)];
  return {
    kind: "experts",
    name: "mlp.experts",
    num_experts: count,
    tensors: [
      { name: "gate_up_proj", shape: [count, hidden, 2 * width] },
      { name: "gate_up_proj_bias", shape: [count, 2 * width] },
      { name: "down_proj", shape: [count, width, hidden] },
      { name: "down_proj_bias", shape: [count, hidden] },
    ],
    adapted: [],
    transposed: true,
  };
};

const layer = (a: Architecture): readonly Module[] => [
  parameters("self_attn", { sinks: [a.num_attention_heads] }),
  ...selfAttention(a),
  router(a, "mlp.router"),
  experts(a),
  rmsNorm("input_layernorm", a.hidden_size),
  rmsNorm("post_attention_layernorm", a.hidden_size),
];

/** gpt-oss: attention sinks, biases everywhere, experts in every layer. @see transformers 5.24, modeling_gpt_oss.py */
export const layout: Layout = (architecture) => {
  const a = { attention_bias: true, router_bias: true, ...architecture };
  return causalLm(a, { layers: uniformLayers(a, layer(a)) });
};
