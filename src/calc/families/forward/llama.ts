import { bareLayerNorm, layerNorm } from "#calc/modules/norms.ts";
import { fusedGatedMlp, gatedMlp, plainMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import {
  applyRotary,
  applyRotaryCastBack,
  applyRotaryErnie,
  applyRotaryGlm,
  applyRotaryInPlace,
} from "#calc/modules/rotary.ts";
import { decoderModel, partOfHead } from "./decoder-model.ts";
import type { Forward } from "./forward.ts";
import { preNormLayer } from "./pre-norm-layer.ts";

/** Llama and what differs from it in the config only: Mistral, Qwen 2, Qwen 3 (norms on queries and keys), Seed-OSS. */
export const llama: Forward = {
  ...decoderModel({ norm: rmsNorm }),
  layer: preNormLayer({ norm: rmsNorm, mlp: gatedMlp, rotary: applyRotary }),
};

/** OLMo: norms without parameters, `OlmoLayerNorm`. */
export const olmo: Forward = {
  ...decoderModel({ norm: bareLayerNorm }),
  layer: preNormLayer({ norm: bareLayerNorm, mlp: gatedMlp, rotary: applyRotaryCastBack }),
};

/** ERNIE 4.5: interleaved rotary embedding in fp32. */
export const ernie4_5: Forward = {
  ...llama,
  layer: preNormLayer({ norm: rmsNorm, mlp: gatedMlp, rotary: applyRotaryErnie }),
};

/** Arcee: `ArceeMLP`, without a gate. */
export const arcee: Forward = {
  ...llama,
  layer: preNormLayer({ norm: rmsNorm, mlp: plainMlp("up_proj", "down_proj"), rotary: applyRotary }),
};

/** GLM: half of each head rotated, gate and up from one projection. */
export const glm: Forward = {
  ...decoderModel({ norm: rmsNorm, rotaryWidth: partOfHead(0.5) }),
  layer: preNormLayer({ norm: rmsNorm, mlp: fusedGatedMlp, rotary: applyRotaryGlm }),
};

/** StarCoder 2: layer norms and biases, no gate. */
export const starcoder2: Forward = {
  ...decoderModel({ norm: layerNorm }),
  layer: preNormLayer({ norm: layerNorm, mlp: plainMlp("c_fc", "c_proj"), rotary: applyRotary }),
};

/** StableLM: layer norms, a quarter of each head rotated. */
export const stablelm: Forward = {
  ...decoderModel({ norm: layerNorm, rotaryWidth: partOfHead(0.25) }),
  layer: preNormLayer({ norm: layerNorm, mlp: gatedMlp, rotary: applyRotaryInPlace }),
};
