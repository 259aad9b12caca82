import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import { qwenBlock } from "#calc/families/parts/forward/sparse-block.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";

/** Qwen 2 and 3 MoE. @see transformers 5.24, modeling_qwen2_moe.py, modeling_qwen3_moe.py */
export const qwenMoe: Forward = {
  ...decoderModel({ norm: rmsNorm }),
  layer: preNormLayer({ norm: rmsNorm, mlp: qwenBlock, rotary: applyRotary }),
};

/** OLMoE: norms over whole queries and keys. @see transformers 5.24, modeling_olmoe.py */
export const olmoe: Forward = {
  ...qwenMoe,
  layer: preNormLayer({ norm: rmsNorm, mlp: qwenBlock, rotary: applyRotary, normAt: "projection" }),
};
