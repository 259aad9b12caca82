import type { Layout } from "#calc/families/family.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { gatedMlp } from "#calc/families/parts/tensors/gated-mlp.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/**
 * OLMo 2 and 3, EXAONE 4: norms after attention and MLP instead of before, and on queries and keys (OLMo: over the whole projection;
 * EXAONE: over a head). @see transformers 5.24, modeling_olmo2.py, modeling_olmo3.py, modeling_exaone4.py
 */
export const postNormLayout =
  (qk_norm: "head" | "full"): Layout =>
  (architecture) => {
    const a = { qk_norm, ...architecture };
    const { hidden, intermediate } = widths(a);
    return causalLm(a, {
      layers: uniformLayers(a, [
        ...selfAttention(a),
        ...gatedMlp("mlp", [hidden, intermediate]),
        rmsNorm("post_attention_layernorm", hidden),
        rmsNorm("post_feedforward_layernorm", hidden),
      ]),
    });
  };

/** OLMo 2 and 3. */
export const layout: Layout = postNormLayout("full");
