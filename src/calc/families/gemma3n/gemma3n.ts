import type { Family } from "#calc/families/family.ts";
import { GEMMA3_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { INNER_TYPE, NOT_HELD_BY_ULYSSES, HANDED_MORE, NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { gemma3n as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Gemma 3n. */
export const gemma3n: Family = {
  model_types: {
    gemma3n: {
      name: "Gemma 3n",
      forward,
      tensorParallel: WHOLLY,
      contextParallel: true,
      ulysses: NOT_HELD_BY_ULYSSES,
      pipeline: HANDED_MORE,
      ...TRANSFORMERS_ALONE,
      config: { fields: GEMMA3_FIELDS, tied: true },
      heldAgainst: { runs: ["step", "tensor parallel"] },
      approximation: EXACT,
    },
    gemma3n_text: {
      name: "Gemma 3n text",
      forward,
      tensorParallel: INNER_TYPE,
      contextParallel: true,
      ulysses: NOT_HELD_BY_ULYSSES,
      pipeline: HANDED_MORE,
      ...TRANSFORMERS_ALONE,
      config: { fields: GEMMA3_FIELDS, tied: true },
      heldAgainst: { as: "gemma3n" },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
