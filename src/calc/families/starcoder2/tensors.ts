import type { Layout } from "#calc/families/family.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { layerNorm } from "#calc/families/parts/tensors/norms.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/** StarCoder2: Llama's attention with biases, LayerNorm, and GPT-2's names for a plain MLP. @see transformers 5.24, modeling_starcoder2.py */
export const layout: Layout = (architecture) => {
  const a = { attention_bias: true, norm_type: "layernorm", ...architecture } as const;
  const { hidden, intermediate } = widths(a);
  return causalLm(a, {
    layers: uniformLayers(a, [
      ...selfAttention(a),
      ...linears("mlp", {
        c_fc: [hidden, intermediate, a.mlp_bias ?? true],
        c_proj: [intermediate, hidden, a.mlp_bias ?? true],
      }),
      layerNorm("input_layernorm", hidden),
      layerNorm("post_attention_layernorm", hidden),
    ]),
  });
};
