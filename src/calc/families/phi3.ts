import type { Family } from "./family.ts";
import { causalLm } from "./parts/causal-lm.ts";
import { uniformLayers } from "./parts/layers.ts";
import { linears } from "./parts/linears.ts";
import { rmsNorm } from "./parts/norms.ts";
import { fusedTargets } from "./parts/targets.ts";
import { widths } from "./parts/widths.ts";

/** Phi-3 and Phi-4: q, k and v in one linear, gate and up in another. @see transformers 5.24, modeling_phi3.py */
export const phi3: Family = {
  model_types: ["phi3"],
  layout: (a) => {
    const { hidden, query, keyValue, intermediate } = widths(a);
    return causalLm(a, {
      layers: uniformLayers(a, [
        ...linears("attention", "self_attn", { o_proj: [query, hidden], qkv_proj: [hidden, query + 2 * keyValue] }),
        ...linears("mlp", "mlp", { gate_up_proj: [hidden, 2 * intermediate], down_proj: [intermediate, hidden] }),
        rmsNorm("input_layernorm", hidden),
        rmsNorm("post_attention_layernorm", hidden),
      ]),
    });
  },
  targets: fusedTargets(["qkv_proj", "o_proj"], ["gate_up_proj", "down_proj"]),
};
