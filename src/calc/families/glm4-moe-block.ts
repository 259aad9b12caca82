import type { Loaded } from "#calc/modules/loaded.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotaryNeoX } from "#calc/modules/rotary.ts";
import { correctedRouter } from "#calc/modules/router.ts";
import { decoderModel, partOfHead } from "#calc/families/parts/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { ModuleOf } from "#calc/families/parts/attention.ts";
import { preNormLayer } from "#calc/families/parts/layers.ts";
import { sparseBlock } from "#calc/families/parts/sparse-block.ts";

const isSparse = ({ kind }: Pick<Loaded, "kind">): boolean => kind.startsWith("sparse");

/** `Glm4MoeMoE`, `DeepseekV3MoE` */
export const correctedBlock = sparseBlock(correctedRouter);

/** The MLP of a layer: dense, or with experts. */
export const denseOrSparse =
  (sparse: ModuleOf): ModuleOf =>
  (layer, name, x) =>
    (isSparse(layer) ? sparse : gatedMlp)(layer, name, x);

/** The router's `e_score_correction_bias`, a buffer. */
export const correctionBias: NonNullable<Forward["layerBuffers"]> = ({ architecture }, kind) =>
  isSparse({ kind }) ? [{ elements: architecture.num_experts ?? 0, dtype: "fp32" }] : [];

/** GLM-4.5: half of each head rotated. @see transformers 5.24, modeling_glm4_moe.py */
export const glm4Moe: Forward = {
  ...decoderModel({ norm: rmsNorm, rotaryWidth: partOfHead(0.5) }),
  layerBuffers: correctionBias,
  layer: preNormLayer({ norm: rmsNorm, mlp: denseOrSparse(correctedBlock), rotary: applyRotaryNeoX }),
};
