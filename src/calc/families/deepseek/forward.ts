import type { Architecture } from "#calc/model/architecture.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { applyRotaryComplex, applyRotaryInterleaved, complexTables } from "#calc/modules/rotary-kinds.ts";
import { topKRouter } from "#calc/modules/router.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { bind } from "#calc/tape/scope.ts";
import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import type { Buffer, Forward } from "#calc/modules/forward.ts";
import { gemma } from "#calc/families/gemma/forward.ts";
import { correctedBlock, correctionBias, denseOrSparse } from "#calc/families/glm4-moe/forward.ts";
import { latentAttention } from "#calc/families/parts/forward/latent-attention.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import { sparseBlock } from "#calc/families/parts/forward/sparse-block.ts";

const parts = { norm: rmsNorm, rotaryWidth: ({ qk_rope_head_dim = 0 }: Architecture): number => qk_rope_head_dim };
const base = decoderModel(parts);

/** DeepSeek-V2, with greedy routing (not limited to groups). @see transformers 5.24, modeling_deepseek_v2.py */
export const deepseekV2: Forward = {
  ...decoderModel({ ...parts, makeTables: complexTables }),
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: denseOrSparse(sparseBlock(topKRouter({ normalized: false, castBack: false, inFloat: true }))),
    attend: latentAttention(applyRotaryComplex),
  }),
};

/** DeepSeek-V3, GLM-4.7-Flash. @see transformers 5.24, modeling_deepseek_v3.py, modeling_glm4_moe_lite.py */
export const deepseekV3: Forward = {
  ...base,
  layerBuffers: correctionBias,
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: denseOrSparse(correctedBlock),
    attend: latentAttention(applyRotaryInterleaved),
  }),
};

/** `embed_scale`: an integer. */
const embedScale: Buffer = { elements: 1, dtype: "int64" };

/** MiniCPM3: embeddings, branches and the last hidden state are multiplied by a number; no experts. @see transformers 5.24, modeling_minicpm3.py */
export const minicpm3: Forward = {
  ...base,
  buffers: (options) => [...base.buffers(options), embedScale],
  embed: gemma.embed,
  layer: preNormLayer({ norm: rmsNorm, mlp: gatedMlp, attend: latentAttention(applyRotary), branch: scale }),
  logits: (model, hidden_states) => base.logits(model, bind(scale(hidden_states))),
};
