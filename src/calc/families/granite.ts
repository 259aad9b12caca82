// Granite, dense: embeddings, branches and logits multiplied by a number.

import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import { decoderModel, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { Layout, Family } from "./family.ts";
import { repeatsForSdpa } from "./transformers4-layers.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import { llamaShape } from "./llama.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors.ts";

const base = decoderModel({ norm: rmsNorm });

/** Granite: embeddings, branches and logits are multiplied by a number. @see transformers 5.24, modeling_granite.py */
export const graniteForward: Forward = {
  ...base,
  scaleEmbeddings: true,
  layer: preNormLayer({ norm: rmsNorm, mlp: gatedMlp, rotary: applyRotary, branch: scale }),
  logits: (model, hidden_states) =>
    scoped(model.tape, () => {
      const logits = bind(base.logits(model, hidden_states));
      return rebind(logits, scale(logits));
    }),
};

/** Llama's modules. @see transformers 5.24, modeling_granite.py */
const layout: Layout = llamaShape();

/** Granite, dense. */
export const granite: Family = {
  model_types: {
    granite: {
      name: "Granite",
      forward: graniteForward,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      liger: true,
      transformers4: { llamaLike: { repeats: repeatsForSdpa, branch: scale } },
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
