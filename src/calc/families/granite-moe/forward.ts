import { granite } from "#calc/families/granite/forward.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import { sparseBlock } from "#calc/families/parts/forward/sparse-block.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { topLogitsRouter } from "#calc/modules/router.ts";
import { scale } from "#calc/tape/ops/unary.ts";

/** Granite 3 MoE: Granite with experts. @see transformers 5.24, modeling_granitemoe.py */
export const graniteMoe: Forward = {
  ...granite,
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: sparseBlock(topLogitsRouter(true), "router", "block_sparse_moe"),
    rotary: applyRotary,
    branch: scale,
  }),
};
