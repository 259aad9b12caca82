import { qwenMoe } from "#calc/families/qwen-moe/forward.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import { sparseBlock } from "#calc/families/parts/forward/sparse-block.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { topKRouter } from "#calc/modules/router.ts";

/** Mixtral: the weights of the chosen experts are normalised in fp32. @see transformers 5.24, modeling_mixtral.py */
export const mixtral: Forward = {
  ...qwenMoe,
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: sparseBlock(topKRouter({ normalized: true, castBack: false })),
    rotary: applyRotary,
  }),
};
