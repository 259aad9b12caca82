import { bareLayerNorm, layerNorm } from "#calc/modules/norms.ts";
import { fusedGatedMlp, gatedMlp } from "#calc/modules/mlp.ts";
import { plainMlp } from "#calc/modules/plain-mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { applyRotaryCastBack, applyRotaryErnie, applyRotaryGlm } from "#calc/modules/rotary-kinds.ts";
import { mul } from "#calc/tape/ops/binary.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { dropout } from "#calc/tape/ops/dropout.ts";
import { bind, call } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, partOfHead } from "./decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { preNormLayer } from "./pre-norm-layer.ts";

import { llama } from "#calc/families/llama/forward.ts";

/** `get_llama_4_attn_scale`: a number for each position. */
const positionScale = (queries: Tensor): Tensor => {
  const shape = shapeOf(1, 1, "s", 1);
  const scaling = compute({ name: "log", shape, dtype: "fp32" }, queries);
  return compute({ name: "to", shape, dtype: queries.dtype }, scaling);
};

/** Ministral 3: rotated queries times a number for each position. @see transformers 5.24, modeling_ministral3.py */
export const ministral3: Forward = {
  ...llama,
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: gatedMlp,
    rotary: applyRotary,
    rotated: (_, of, states) => (of === "query" ? mul(states, positionScale(states)) : states),
  }),
};

/** What Seed-OSS drops of attention weights and of both branches. */
const SEED_OSS_DROPOUT = 0.1;
const seedOssBranch = (x: Tensor): Tensor => dropout(x, SEED_OSS_DROPOUT);

/** Seed-OSS: dropout inside attention and MLP. */
export const seed_oss: Forward = {
  ...llama,
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: (loaded, name, x) => call(name, (input) => seedOssBranch(bind(gatedMlp(loaded, name, input))), x),
    rotary: applyRotary,
    dropout: SEED_OSS_DROPOUT,
    after: seedOssBranch,
  }),
};

/** OLMo: norms without parameters, `OlmoLayerNorm`. */
export const olmo: Forward = {
  ...decoderModel({ norm: bareLayerNorm, tables: "fp32" }),
  layer: preNormLayer({ norm: bareLayerNorm, mlp: gatedMlp, rotary: applyRotaryCastBack }),
};

/** ERNIE 4.5: interleaved rotary embedding in fp32. */
export const ernie4_5: Forward = {
  ...decoderModel({ norm: rmsNorm, tables: "fp32" }),
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
