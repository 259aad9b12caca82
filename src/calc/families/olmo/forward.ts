import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { bareLayerNorm } from "#calc/modules/norms.ts";
import { applyRotaryCastBack } from "#calc/modules/rotary-kinds.ts";

/** OLMo: norms without parameters, `OlmoLayerNorm`. */
export const olmo: Forward = {
  ...decoderModel({ norm: bareLayerNorm, tables: "fp32" }),
  layer: preNormLayer({ norm: bareLayerNorm, mlp: gatedMlp, rotary: applyRotaryCastBack }),
};
