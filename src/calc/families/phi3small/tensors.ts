import type { Layout } from "#calc/families/family.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { layerNorm } from "#calc/families/parts/tensors/norms.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/** Phi-3-small: biases everywhere, gegelu in a doubled `up_proj`. @see modeling_phi3_small.py, remote code of microsoft/Phi-3-small-8k-instruct */
export const layout: Layout = (architecture) => {
  const a = { norm_type: "layernorm", ...architecture } as const;
  const { hidden, query, keyValue, intermediate } = widths(a);
  return causalLm(a, {
    layers: uniformLayers(a, [
      ...linears("self_attn", {
        query_key_value: [hidden, query + 2 * keyValue, true],
        dense: [query, hidden, true],
      }),
      ...linears("mlp", {
        up_proj: [hidden, 2 * intermediate, true],
        down_proj: [intermediate, hidden, true],
      }),
      layerNorm("input_layernorm", hidden),
      layerNorm("post_attention_layernorm", hidden),
    ]),
  });
};
