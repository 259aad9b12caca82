import type { StepOptions } from "#calc/model/options/step-options.ts";
import { gemmaNorm } from "#calc/modules/gemma-norm.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { mul } from "#calc/tape/ops/binary.ts";
import { to } from "#calc/tape/ops/to.ts";
import { call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, embedTokens } from "#calc/families/parts/forward/decoder-model.ts";
import type { Buffer, Forward, Model } from "#calc/modules/forward.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";

const base = decoderModel({ norm: gemmaNorm });

/** `GemmaTextScaledWordEmbedding`: multiplies by a buffer in the type of the table. */
export const scaledEmbedding = (model: Model, input_ids: Tensor, name = "embed_tokens"): Tensor =>
  call(
    name,
    (ids) => {
      const embeds = embedTokens(model, ids, name);
      return mul(embeds, to(model.buffers[model.buffers.length - 1] as Tensor, embeds.dtype));
    },
    input_ids,
  );

/** `embed_scale`: one number, in the type that the model is loaded in. */
export const embedScale = ({ weights }: StepOptions): Buffer => ({ elements: 1, dtype: weights });

/** Gemma. @see transformers 5.24, modeling_gemma.py */
export const gemma: Forward = {
  ...base,
  buffers: (options) => [...base.buffers(options), embedScale(options)],
  embed: (model, input_ids) => scaledEmbedding(model, input_ids),
  layer: preNormLayer({ norm: gemmaNorm, mlp: gatedMlp, rotary: applyRotary }),
};
