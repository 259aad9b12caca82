// Gemma 1: scaled embeddings and norms in fp32.

import type { StepOptions } from "#calc/model/step-options.ts";
import { gemmaNorm } from "#calc/modules/norms.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { mul } from "#calc/tape/ops/arithmetic.ts";
import { to } from "#calc/tape/ops/views.ts";
import { call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, embedTokens, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Buffer, Forward, Model } from "#calc/modules/forward.ts";
import type { Layout, Family } from "./family.ts";
import { GEMMA_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import { llamaShape } from "./llama.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors.ts";

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
export const gemmaForward: Forward = {
  ...base,
  buffers: (options) => [...base.buffers(options), embedScale(options)],
  embed: (model, input_ids) => scaledEmbedding(model, input_ids),
  layer: preNormLayer({ norm: gemmaNorm, mlp: gatedMlp, rotary: applyRotary }),
};

/** Llama's modules. @see transformers 5.24, modeling_gemma.py */
const layout: Layout = llamaShape();

/** Gemma, the first. */
export const gemma: Family = {
  model_types: {
    gemma: {
      name: "Gemma",
      forward: gemmaForward,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      liger: true,
      config: { fields: GEMMA_FIELDS, tied: true },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
