import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

const NORMS: readonly string[] = ["input_layernorm", "post_attention_layernorm"];
/** GLM-4-0414 has norms before and after each block. */
const NORMS_AROUND: readonly string[] = [...NORMS, "post_self_attn_layernorm", "post_mlp_layernorm"];

const layer = (a: Architecture): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  return [
    // `attention_bias` of these configs is the bias of q, k and v: the code gives o_proj none.
    ...selfAttention({ ...a, attention_out_bias: false }),
    ...linears("mlp", { gate_up_proj: [hidden, 2 * intermediate], down_proj: [intermediate, hidden] }),
    ...(a.model_type === "glm4" ? NORMS_AROUND : NORMS).map((name) => rmsNorm(name, hidden)),
  ];
};

/** GLM-4: separate q, k, v, but gate and up in one linear. @see transformers 5.24, modeling_glm.py, modeling_glm4.py */
export const layout: Layout = (a) => causalLm(a, { layers: uniformLayers(a, layer(a)) });
