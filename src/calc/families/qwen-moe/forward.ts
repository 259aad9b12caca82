import { causalMask } from "#calc/modules/causal-mask.ts";
import { bind } from "#calc/tape/scope.ts";
import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import { qwenBlock } from "#calc/families/parts/forward/sparse-block.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";

const base = decoderModel({ norm: rmsNorm });

/** Qwen 3 MoE. @see transformers 5.24, modeling_qwen3_moe.py */
export const qwenMoe: Forward = {
  ...base,
  balancesExperts: true,
  layer: preNormLayer({ norm: rmsNorm, mlp: qwenBlock, rotary: applyRotary }),
};

/** Qwen 2 MoE: for padded rows a mask of windows is made too, though no layer has one. @see transformers 5.24, modeling_qwen2_moe.py */
export const qwen2Moe: Forward = {
  ...qwenMoe,
  context: (model, inputs_embeds, ...ids) => {
    const own = base.context(model, inputs_embeds, ...ids).map(bind);
    return model.options.padding === undefined ? own : [...own, ...causalMask(model.options, inputs_embeds)];
  },
  choose: (_, context) => context.slice(0, 3),
};

/** OLMoE: norms over whole queries and keys. @see transformers 5.24, modeling_olmoe.py */
export const olmoe: Forward = {
  ...qwenMoe,
  layer: preNormLayer({ norm: rmsNorm, mlp: qwenBlock, rotary: applyRotary, normAt: "projection" }),
};
