// EXAONE 4: norms after each branch and on queries and keys; models with windows have them in three layers of four.

import { windows, everyFourth } from "#calc/families/parts/windows.ts";
import { decoderModel, postNormLayer } from "#calc/families/parts/decoder.ts";
import type { SelfAttention } from "#calc/families/parts/attention.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import type { Layout, Family } from "./family.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import { postNormLayout } from "./olmo2.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors.ts";

const exaoneLayer = (rotary: SelfAttention["rotary"]): Forward["layer"] =>
  postNormLayer({ norm: rmsNorm, mlp: gatedMlp, rotary, normAt: "heads first" });
const [rotated, unrotated] = [exaoneLayer(applyRotary), exaoneLayer((q, k) => [q, k])];
const exaoneModel = decoderModel({ norm: rmsNorm });

/**
 * EXAONE 4: post-norms, norms on queries and keys. In a model with windows, layers with full attention have no positions.
 *
 * @see transformers 5.24, modeling_exaone4.py
 */
const exaone4Forward: Forward = {
  ...exaoneModel,
  ...windows(
    exaoneModel,
    (a, index) => a.layer_types?.[index] ?? (a.sliding_window === undefined ? "full_attention" : everyFourth(a, index)),
  ),
  layer: (layer, context, hidden_states) => {
    const isUnrotated = layer.architecture.sliding_window !== undefined && layer.kind.endsWith("full_attention");
    return (isUnrotated ? unrotated : rotated)(layer, context, hidden_states);
  },
};

/** OLMo 2's modules; norms on queries and keys are over a head. @see transformers 5.24, modeling_exaone4.py */
const layout: Layout = postNormLayout("head");

/** EXAONE 4. */
export const exaone4: Family = {
  model_types: {
    exaone4: {
      name: "EXAONE 4",
      forward: exaone4Forward,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: { ...LLAMA_FIELDS, qk_norm: "head" } },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
