import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { olmo as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** OLMo, the first. */
export const olmo: Family = {
  model_types: {
    olmo: {
      name: "OLMo",
      forward,
      tensorParallel: WHOLLY,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: { ...LLAMA_FIELDS, norm_type: "none" } },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
