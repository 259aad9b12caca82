import { decoderModel, partOfHead } from "#calc/families/parts/forward/decoder-model.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import { sandwichLayer } from "#calc/families/parts/forward/sandwich-layer.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { fusedGatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotaryGlm } from "#calc/modules/rotary-kinds.ts";

/** GLM: half of each head rotated, gate and up from one projection. */
export const glm: Forward = {
  ...decoderModel({ norm: rmsNorm, rotaryWidth: partOfHead(0.5) }),
  layer: preNormLayer({ norm: rmsNorm, mlp: fusedGatedMlp, rotary: applyRotaryGlm }),
};

/** GLM-4 (0414): norms before and after each branch. @see transformers 5.24, modeling_glm4.py */
export const glm4: Forward = {
  ...decoderModel({ norm: rmsNorm, rotaryWidth: partOfHead(0.5) }),
  layer: sandwichLayer({
    norm: rmsNorm,
    mlp: fusedGatedMlp,
    rotary: applyRotaryGlm,
    names: ["input_layernorm", "post_self_attn_layernorm", "post_attention_layernorm", "post_mlp_layernorm"],
  }),
};
