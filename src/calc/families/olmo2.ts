import type { Family } from "./family.ts";
import { causalLm } from "./parts/causal-lm.ts";
import { gatedMlp } from "./parts/gated-mlp.ts";
import { uniformLayers } from "./parts/layers.ts";
import { rmsNorm } from "./parts/norms.ts";
import { selfAttention } from "./parts/self-attention.ts";
import { LLAMA_TARGETS } from "./parts/targets.ts";
import { widths } from "./parts/widths.ts";

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
