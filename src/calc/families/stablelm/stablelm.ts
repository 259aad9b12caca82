import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_PLAN, NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { stablelm as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** StableLM. */
export const stablelm: Family = {
  model_types: {
    stablelm: {
      name: "StableLM",
      forward,
      tensorParallel: NO_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: {
        fields: { ...LLAMA_FIELDS, norm_type: "layernorm" },
        qkNorm: { flag: "qk_layernorm", norm: "ln_per_head_nobias" },
        rule: (written) => (written("use_parallel_residual") === true ? { norms_per_layer: 1 } : {}),
      },
      heldAgainst: { runs: ["step", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
