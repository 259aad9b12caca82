import type { Family } from "#calc/families/family.ts";
import { causalLm } from "#calc/families/shared/tensors/causal-lm.ts";
import { gatedMlp } from "#calc/families/shared/tensors/gated-mlp.ts";
import { uniformLayers } from "#calc/families/shared/tensors/layers.ts";
import { rmsNorm } from "#calc/families/shared/tensors/norms.ts";
import { selfAttention } from "#calc/families/shared/tensors/self-attention.ts";
import { LLAMA_TARGETS } from "#calc/families/shared/tensors/targets.ts";
import { widths } from "#calc/families/shared/tensors/widths.ts";

/**
 * OLMo 2 and 3, EXAONE 4: norms after attention and MLP instead of before, and on queries and keys (OLMo: over the whole projection;
 * EXAONE: over a head). @see transformers 5.24, modeling_olmo2.py, modeling_olmo3.py, modeling_exaone4.py
 */
export const olmo2: Family = {
  model_types: ["olmo2", "olmo3", "exaone4"],
  layout: (architecture) => {
    const a = { qk_norm: architecture.model_type === "exaone4" ? "head" : "full", ...architecture } as const;
    const { hidden, intermediate } = widths(a);
    return causalLm(a, {
      layers: uniformLayers(a, [
        ...selfAttention(a),
        ...gatedMlp("mlp", [hidden, intermediate]),
        rmsNorm("post_attention_layernorm", hidden),
        rmsNorm("post_feedforward_layernorm", hidden),
      ]),
    });
  },
  targets: LLAMA_TARGETS,
};
