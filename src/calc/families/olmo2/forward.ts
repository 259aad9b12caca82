import { windowsWithTables, everyFourth } from "#calc/families/parts/forward/windows.ts";
import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import { postNormLayer } from "#calc/families/parts/forward/post-norm-layer.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { olmo2Norm } from "#calc/modules/rms-norm.ts";
import { applyRotaryCastBack } from "#calc/modules/rotary-kinds.ts";

/** OLMo 2: post-norms, norms over whole queries and keys. @see transformers 5.24, modeling_olmo2.py */
export const olmo2: Forward = {
  ...decoderModel({ norm: olmo2Norm, tables: "fp32" }),
  layer: postNormLayer({ norm: olmo2Norm, mlp: gatedMlp, rotary: applyRotaryCastBack, normAt: "projection" }),
};

/** OLMo 3: three layers in four attend to a window. @see transformers 5.24, modeling_olmo3.py */
export const olmo3: Forward = {
  ...olmo2,
  ...windowsWithTables((a, index) => a.layer_types?.[index] ?? everyFourth(a, index), { tables: "fp32" }),
};
