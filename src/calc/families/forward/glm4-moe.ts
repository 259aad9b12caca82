import type { Loaded } from "#calc/modules/loaded.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotaryNeoX } from "#calc/modules/rotary.ts";
import { correctedRouter } from "#calc/modules/router.ts";
import { decoderModel, partOfHead } from "./decoder-model.ts";
import type { Forward } from "./forward.ts";
import type { ModuleOf } from "./parts.ts";
import { preNormLayer } from "./pre-norm-layer.ts";
import { sparseBlock } from "./sparse.ts";

const isSparse = ({ kind }: Pick<Loaded, "kind">): boolean => kind.startsWith("sparse");

const sparse = sparseBlock(correctedRouter);

/** Layers that are dense or have experts, and shared ones beside them; each router's `e_score_correction_bias` is a buffer. */
export const denseOrSparse: ModuleOf = (layer, name, x) => (isSparse(layer) ? sparse : gatedMlp)(layer, name, x);

/** `e_score_correction_bias` */
export const correctionBias: Forward["layerBuffers"] = ({ architecture }, kind) =>
  isSparse({ kind }) ? [{ elements: architecture.num_experts ?? 0, dtype: "fp32" }] : [];

/** GLM-4.5: half of each head rotated. @see transformers 5.24, modeling_glm4_moe.py */
export const glm4Moe: Forward = {
  ...decoderModel({ norm: rmsNorm, rotaryWidth: partOfHead(0.5) }),
  layerBuffers: correctionBias,
  layer: preNormLayer({ norm: rmsNorm, mlp: denseOrSparse, rotary: applyRotaryNeoX }),
};
