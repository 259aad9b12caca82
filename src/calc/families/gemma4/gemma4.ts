import type { Family } from "#calc/families/family.ts";
import type { ConfigFacts } from "#calc/model/config-facts.ts";
import type { ModelType } from "#calc/families/model-type.ts";
import { GEMMA3_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { INNER_TYPE, NOT_HELD_BY_ULYSSES, HANDED_MORE, NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { gemma4 as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/**
 * Heads of full attention are 512 wide unless a file says otherwise, and are saved with the layers that have it.
 *
 * @see transformers 5.24, configuration_gemma4.py, `__post_init__`
 */
const CONFIG: ConfigFacts = {
  fields: GEMMA3_FIELDS,
  tied: true,
  kindsCount: true,
  ofSomeLayers: { global_head_dim: "head_dim", num_global_key_value_heads: "num_key_value_heads" },
  rule: (written) => (written("global_head_dim") === undefined ? { global_head_dim: 512 } : {}),
};

/** Facts that these types share. */
const SHARED = {
  forward,
  contextParallel: true,
  ulysses: NOT_HELD_BY_ULYSSES,
  pipeline: HANDED_MORE,
  ...TRANSFORMERS_ALONE,
  config: CONFIG,
  approximation: EXACT,
} as const satisfies Partial<ModelType>;

/** Gemma 4. */
export const gemma4: Family = {
  model_types: {
    gemma4: {
      name: "Gemma 4",
      ...SHARED,
      tensorParallel: WHOLLY,
      heldAgainst: { runs: ["step", "tensor parallel"] },
    },
    gemma4_text: {
      name: "Gemma 4 text",
      ...SHARED,
      tensorParallel: INNER_TYPE,
      heldAgainst: { as: "gemma4" },
    },
    gemma4_unified: {
      name: "Gemma 4 unified",
      ...SHARED,
      tensorParallel: WHOLLY,
      heldAgainst: { runs: ["step"] },
    },
    gemma4_unified_text: {
      name: "Gemma 4 unified text",
      ...SHARED,
      tensorParallel: INNER_TYPE,
      heldAgainst: { as: "gemma4_unified" },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
