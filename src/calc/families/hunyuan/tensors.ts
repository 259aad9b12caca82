import { llamaLayer } from "#calc/families/llama/tensors.ts";
import type { Layout } from "#calc/families/family.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { gatedMlp } from "#calc/families/parts/tensors/gated-mlp.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/**
 * HunYuan V1, dense: Llama with norms on queries and keys, which come after rotation.
 * @see transformers 5.24, modeling_hunyuan_v1_dense.py
 */
export const layout: Layout = (a) => {
  const { hidden, intermediate } = widths(a);
  return causalLm(a, {
    layers: uniformLayers(a, [
      ...llamaLayer(a, gatedMlp("mlp", [hidden, intermediate])),
      rmsNorm("self_attn.query_layernorm", a.head_dim),
      rmsNorm("self_attn.key_layernorm", a.head_dim),
    ]),
  });
};
