import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { llama } from "#calc/families/llama/forward.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";

/** One layer in so many attends without positions. */
const NO_ROPE_INTERVAL = 4;

const rotated = preNormLayer({ norm: rmsNorm, mlp: gatedMlp, rotary: applyRotary });
const unrotated = preNormLayer({ norm: rmsNorm, mlp: gatedMlp, rotary: (q, k) => [q, k] });

/** SmolLM 3: every fourth layer without rotary embedding. @see transformers 5.24, modeling_smollm3.py */
export const smollm3: Forward = {
  ...llama,
  attentionKind: (_, index) => ((index + 1) % NO_ROPE_INTERVAL === 0 ? "unrotated" : "rotated"),
  layer: (layer, context, hidden_states) =>
    (layer.kind.endsWith("unrotated") ? unrotated : rotated)(layer, context, hidden_states),
};
