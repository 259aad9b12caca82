import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_PLAN, NOT_HELD_BY_ULYSSES, NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { hunyuan as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** HunYuan V1, dense. */
export const hunyuan: Family = {
  model_types: {
    hunyuan_v1_dense: {
      name: "HunYuan V1",
      forward,
      tensorParallel: NO_PLAN,
      contextParallel: true,
      ulysses: NOT_HELD_BY_ULYSSES,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
