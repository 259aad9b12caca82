import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { PLAN_NOT_WRITTEN, NO_POSITIONS, NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { llama4 as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Llama 4. */
export const llama4: Family = {
  model_types: {
    llama4: {
      name: "Llama 4",
      forward,
      tensorParallel: PLAN_NOT_WRITTEN,
      contextParallel: true,
      ulysses: NO_POSITIONS,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: {
        fields: { ...LLAMA_FIELDS, n_shared_experts: 1 },
        expertsAreIntermediate: true,
        qkNorm: { flag: "use_qk_norm", norm: "l2" },
      },
      heldAgainst: { runs: ["step"] },
      approximation: EXACT,
    },
    llama4_text: {
      name: "Llama 4 text",
      forward,
      tensorParallel: PLAN_NOT_WRITTEN,
      contextParallel: true,
      ulysses: NO_POSITIONS,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: {
        fields: { ...LLAMA_FIELDS, n_shared_experts: 1 },
        expertsAreIntermediate: true,
        qkNorm: { flag: "use_qk_norm", norm: "l2" },
      },
      heldAgainst: { as: "llama4" },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
