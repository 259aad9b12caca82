import { llamaLayer } from "#calc/families/llama/tensors.ts";
import type { Family } from "#calc/families/family.ts";
import { hunyuan as forward } from "./forward.ts";
import { causalLm } from "#calc/families/shared/tensors/causal-lm.ts";
import { gatedMlp } from "#calc/families/shared/tensors/gated-mlp.ts";
import { uniformLayers } from "#calc/families/shared/tensors/layers.ts";
import { rmsNorm } from "#calc/families/shared/tensors/norms.ts";
import { LLAMA_TARGETS } from "#calc/families/shared/tensors/targets.ts";
import { widths } from "#calc/families/shared/tensors/widths.ts";

/**
 * HunYuan V1, dense: Llama with norms on queries and keys, which come after rotation.
 * @see transformers 5.24, modeling_hunyuan_v1_dense.py
 */
export const hunyuan: Family = {
  model_types: ["hunyuan_v1_dense"],
  layout: (a) => {
    const { hidden, intermediate } = widths(a);
    return causalLm(a, {
      layers: uniformLayers(a, [
        ...llamaLayer(a, gatedMlp("mlp", [hidden, intermediate])),
        rmsNorm("self_attn.query_layernorm", a.head_dim),
        rmsNorm("self_attn.key_layernorm", a.head_dim),
      ]),
    });
  },
  forward,
  targets: LLAMA_TARGETS,
};
