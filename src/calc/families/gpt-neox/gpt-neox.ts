import type { Family } from "#calc/families/family.ts";
import { GPT_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { gptNeoX } from "./forward.ts";
import { layout, NEOX_TARGETS } from "./tensors.ts";

/** GPT-NeoX and Pythia. */
export const gptNeox: Family = {
  model_types: {
    gpt_neox: {
      name: "GPT-NeoX",
      forward: gptNeoX,
      tensorParallel: WHOLLY,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: { ...GPT_FIELDS, hidden_act: "gelu" } },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: NEOX_TARGETS,
  refused: NO_REFUSED,
};
