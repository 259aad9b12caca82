import type { Family } from "#calc/families/family.ts";
import { NEOX_TARGETS } from "#calc/families/gpt-neox/tensors.ts";
import { NO_PLAN, OWN_ATTENTION, NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { configRule as rule } from "./config-rule.ts";
import { falcon as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Falcon. */
export const falcon: Family = {
  model_types: {
    falcon: {
      name: "Falcon",
      forward,
      tensorParallel: NO_PLAN,
      contextParallel: true,
      ulysses: OWN_ATTENTION,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: {
        fields: {
          hidden_act: "gelu",
          mlp_type: "plain",
          norm_type: "layernorm",
          norms_per_layer: 1,
          max_position_embeddings: 2048,
        },
        tied: true,
        fourfoldMlp: true,
        rule,
      },
      heldAgainst: { runs: ["step"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: NEOX_TARGETS,
  refused: NO_REFUSED,
};
