import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import { sparseBlock } from "#calc/families/parts/forward/sparse-block.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { sparseMixerRouter } from "#calc/modules/router.ts";

/** Phi-3.5-MoE: LayerNorm, and a router that samples experts (SparseMixer). @see transformers 5.24, modeling_phimoe.py */
export const phimoe: Forward = {
  ...decoderModel({ norm: layerNorm }),
  layer: preNormLayer({ norm: layerNorm, mlp: sparseBlock(sparseMixerRouter, "router"), rotary: applyRotary }),
};
