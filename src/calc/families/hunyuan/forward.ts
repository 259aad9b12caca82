import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";

/** HunYuan V1, dense: norms on queries and keys, after the rotary embedding. @see transformers 5.24, modeling_hunyuan_v1_dense.py */
export const hunyuan: Forward = {
  ...decoderModel({ norm: rmsNorm }),
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: gatedMlp,
    rotary: applyRotary,
    rotated: (layer, of, states) => rmsNorm(layer, `self_attn.${of}_layernorm`, states),
  }),
};
