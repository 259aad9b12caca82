import type { Family } from "#calc/families/family.ts";
import type { ModelType } from "#calc/families/model-type.ts";
import { GEMMA2_FIELDS, GEMMA3_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NOT_HELD_BY_ULYSSES, NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { gemma2 as forward, gemma3 } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Facts that these types share. */
const SHARED = {
  tensorParallel: WHOLLY,
  contextParallel: true,
  pipeline: true,
  ...TRANSFORMERS_ALONE,
  liger: true,
  approximation: EXACT,
} as const satisfies Partial<ModelType>;

/** Gemma 2 and 3. */
export const gemma2: Family = {
  model_types: {
    gemma2: {
      name: "Gemma 2",
      ...SHARED,
      forward,
      withoutSdpa: "SDPA does not cap scores.",
      ulysses: NOT_HELD_BY_ULYSSES,
      config: { fields: { ...GEMMA2_FIELDS, sliding_window_pattern: 2 }, tied: true },
      heldAgainst: { runs: ["step", "tensor parallel"] },
    },
    gemma3: {
      name: "Gemma 3",
      ...SHARED,
      forward: gemma3,
      ulysses: true,
      config: { fields: { ...GEMMA3_FIELDS, sliding_window_pattern: 6 }, tied: true },
      heldAgainst: { as: "gemma3_text" },
    },
    gemma3_text: {
      name: "Gemma 3 text",
      ...SHARED,
      forward: gemma3,
      ulysses: true,
      config: { fields: { ...GEMMA3_FIELDS, sliding_window_pattern: 6 }, tied: true },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
