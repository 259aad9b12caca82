import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { plainMlp } from "#calc/modules/plain-mlp.ts";
import { applyRotary } from "#calc/modules/rotary.ts";

/** StarCoder 2: layer norms and biases, no gate. */
export const starcoder2: Forward = {
  ...decoderModel({ norm: layerNorm }),
  layer: preNormLayer({ norm: layerNorm, mlp: plainMlp("c_fc", "c_proj"), rotary: applyRotary }),
};
