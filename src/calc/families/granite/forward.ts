import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";

const base = decoderModel({ norm: rmsNorm });

/** Granite: embeddings, branches and logits are multiplied by a number. @see transformers 5.24, modeling_granite.py */
export const granite: Forward = {
  ...base,
  scaleEmbeddings: true,
  layer: preNormLayer({ norm: rmsNorm, mlp: gatedMlp, rotary: applyRotary, branch: scale }),
  logits: (model, hidden_states) =>
    scoped(model.tape, () => {
      const logits = bind(base.logits(model, hidden_states));
      return rebind(logits, scale(logits));
    }),
};
