import type { Family } from "#calc/families/family.ts";
import { NEOX_TARGETS } from "#calc/families/gpt-neox/tensors.ts";
import { GPT_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_PLAN, OWN_ATTENTION, NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { bloom as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** BLOOM. */
export const bloom: Family = {
  model_types: {
    bloom: {
      name: "BLOOM",
      forward,
      withoutSdpa: "Its attention is written out, with ALiBi.",
      tensorParallel: NO_PLAN,
      contextParallel: true,
      ulysses: OWN_ATTENTION,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: {
        fields: { ...GPT_FIELDS, hidden_act: "gelu", embedding_norm: true, max_position_embeddings: 2048 },
        tied: true,
        fourfoldMlp: true,
      },
      heldAgainst: { runs: ["step"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: NEOX_TARGETS,
  refused: NO_REFUSED,
};
