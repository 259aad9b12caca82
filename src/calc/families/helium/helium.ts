import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NOT_HELD_BY_ULYSSES, NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { helium as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Helium. */
export const helium: Family = {
  model_types: {
    helium: {
      name: "Helium",
      forward,
      tensorParallel: WHOLLY,
      contextParallel: true,
      ulysses: NOT_HELD_BY_ULYSSES,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step", "tensor parallel"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
