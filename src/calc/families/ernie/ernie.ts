import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { ernie4_5 } from "./forward.ts";
import { layout } from "./tensors.ts";

/** ERNIE 4.5, dense. */
export const ernie: Family = {
  model_types: {
    ernie4_5: {
      name: "Ernie 4 5",
      forward: ernie4_5,
      tensorParallel: WHOLLY,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: LLAMA_FIELDS, tied: true },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
