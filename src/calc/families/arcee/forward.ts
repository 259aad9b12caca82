import { llama } from "#calc/families/llama/forward.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { plainMlp } from "#calc/modules/plain-mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";

/** Arcee: `ArceeMLP`, without a gate. */
export const arcee: Forward = {
  ...llama,
  layer: preNormLayer({ norm: rmsNorm, mlp: plainMlp("up_proj", "down_proj"), rotary: applyRotary }),
};
