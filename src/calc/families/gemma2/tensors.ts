import type { Layout } from "#calc/families/family.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { gatedMlp } from "#calc/families/parts/tensors/gated-mlp.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/** Norms before and after attention, before and after the MLP: the four of Gemma 2 and later. */
export const GEMMA_NORMS = [
  "input_layernorm",
  "post_attention_layernorm",
  "pre_feedforward_layernorm",
  "post_feedforward_layernorm",
] as const;

/** Gemma 2, and Gemma 3 (its text decoder) with norms on queries and keys. @see transformers 5.24, modeling_gemma2.py, modeling_gemma3.py */
export const layout: Layout = (architecture) => {
  const a = architecture.model_type === "gemma2" ? architecture : ({ qk_norm: "head", ...architecture } as const);
  const { hidden, intermediate } = widths(a);
  return causalLm(a, {
    layers: uniformLayers(a, [
      ...selfAttention(a),
      ...gatedMlp("mlp", [hidden, intermediate]),
      ...GEMMA_NORMS.map((name) => rmsNorm(name, hidden)),
    ]),
  });
};
