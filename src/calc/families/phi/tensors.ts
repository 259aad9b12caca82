import type { Layout } from "#calc/families/family.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { layerNorm } from "#calc/families/parts/tensors/norms.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/** Phi-1.5 and 2: one LayerNorm before attention and MLP side by side, biases everywhere. @see transformers 5.24, modeling_phi.py */
export const layout: Layout = (architecture) => {
  const a = { attention_bias: true, lm_head_bias: true, ...architecture } as const;
  const { hidden, intermediate } = widths(a);
  return causalLm(a, {
    layers: uniformLayers(a, [
      ...selfAttention(a, { output: "dense" }),
      ...linears("mlp", { fc1: [hidden, intermediate, true], fc2: [intermediate, hidden, true] }),
      layerNorm("input_layernorm", hidden),
    ]),
    final: [layerNorm("final_layernorm", hidden)],
  });
};
