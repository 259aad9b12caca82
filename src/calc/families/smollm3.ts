// SmolLM3: every fourth layer without rotary embedding.

import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { llamaForward, llamaShape } from "./llama.ts";
import { preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Layout, Family } from "./family.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors.ts";

/** One layer in so many attends without positions. */
const NO_ROPE_INTERVAL = 4;

const rotated = preNormLayer({ norm: rmsNorm, mlp: gatedMlp, rotary: applyRotary });
const unrotated = preNormLayer({ norm: rmsNorm, mlp: gatedMlp, rotary: (q, k) => [q, k] });

/** SmolLM 3: every fourth layer without rotary embedding. @see transformers 5.24, modeling_smollm3.py */
const smollm3Forward: Forward = {
  ...llamaForward,
  attentionKind: (_, index) => ((index + 1) % NO_ROPE_INTERVAL === 0 ? "unrotated" : "rotated"),
  layer: (layer, context, hidden_states) =>
    (layer.kind.endsWith("unrotated") ? unrotated : rotated)(layer, context, hidden_states),
};

/** Llama's modules. @see transformers 5.24, modeling_smollm3.py */
const layout: Layout = llamaShape();

/** SmolLM3. */
export const smollm3: Family = {
  model_types: {
    smollm3: {
      name: "SmolLM 3",
      forward: smollm3Forward,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      liger: true,
      config: { fields: LLAMA_FIELDS, tied: true },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
