import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotaryErnie } from "#calc/modules/rotary-kinds.ts";

/** ERNIE 4.5: interleaved rotary embedding in fp32. */
export const ernie4_5: Forward = {
  ...decoderModel({ norm: rmsNorm, tables: "fp32" }),
  layer: preNormLayer({ norm: rmsNorm, mlp: gatedMlp, rotary: applyRotaryErnie }),
};
