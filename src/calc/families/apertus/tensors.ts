import type { Layout } from "#calc/families/family.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { parameters } from "#calc/families/parts/tensors/parameters.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/** Apertus: a plain MLP whose activation, xIELU, has two parameters of its own. @see transformers 5.24, modeling_apertus.py */
export const layout: Layout = (architecture) => {
  const a = { qk_norm: "head", ...architecture } as const;
  const { hidden, intermediate } = widths(a);
  return causalLm(a, {
    layers: uniformLayers(a, [
      ...selfAttention(a),
      ...linears("mlp", { up_proj: [hidden, intermediate], down_proj: [intermediate, hidden] }),
      parameters("mlp.act_fn", { alpha_p: [1], alpha_n: [1] }),
      rmsNorm("attention_layernorm", hidden),
      rmsNorm("feedforward_layernorm", hidden),
    ]),
  });
};
