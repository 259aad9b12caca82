import type { Family } from "./family.ts";
import { causalLm } from "./parts/causal-lm.ts";
import { uniformLayers } from "./parts/layers.ts";
import { linears } from "./parts/linears.ts";
import { rmsNorm } from "./parts/norms.ts";
import { parameters } from "./parts/parameters.ts";
import { selfAttention } from "./parts/self-attention.ts";
import { targets } from "./parts/targets.ts";
import { widths } from "./parts/widths.ts";

/** Apertus: a plain MLP whose activation, xIELU, has two parameters of its own. @see transformers 5.24, modeling_apertus.py */
export const apertus: Family = {
  model_types: ["apertus"],
  layout: (architecture) => {
    const a = { qk_norm: "head", ...architecture } as const;
    const { hidden, intermediate } = widths(a);
    return causalLm(a, {
      layers: uniformLayers(a, [
        ...selfAttention(a),
        ...linears("mlp", "mlp", { up_proj: [hidden, intermediate], down_proj: [intermediate, hidden] }),
        parameters("mlp.act_fn", { alpha_p: [1], alpha_n: [1] }),
        rmsNorm("attention_layernorm", hidden),
        rmsNorm("feedforward_layernorm", hidden),
      ]),
    });
  },
  targets: targets("o_proj", ["up_proj", "down_proj"]),
};
