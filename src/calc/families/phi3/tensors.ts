import type { Layout } from "#calc/families/family.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/** Phi-3 and Phi-4: q, k and v in one linear, gate and up in another. @see transformers 5.24, modeling_phi3.py */
export const layout: Layout = (a) => {
  const { hidden, query, keyValue, intermediate } = widths(a);
  return causalLm(a, {
    layers: uniformLayers(a, [
      ...linears("self_attn", { o_proj: [query, hidden], qkv_proj: [hidden, query + 2 * keyValue] }),
      ...linears("mlp", { gate_up_proj: [hidden, 2 * intermediate], down_proj: [intermediate, hidden] }),
      rmsNorm("input_layernorm", hidden),
      rmsNorm("post_attention_layernorm", hidden),
    ]),
  });
};
