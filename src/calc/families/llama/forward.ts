import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";

/** Llama, and the types that differ from it only in the config: Mistral, Qwen 2, Qwen 3 (norms on queries and keys). */
export const llama: Forward = {
  ...decoderModel({ norm: rmsNorm }),
  layer: preNormLayer({ norm: rmsNorm, mlp: gatedMlp, rotary: applyRotary }),
};
