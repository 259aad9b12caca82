import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { cohere as forward, cohere2 } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Command R and Aya. */
export const cohere: Family = {
  model_types: {
    cohere: {
      name: "Cohere",
      forward,
      tensorParallel: WHOLLY,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: {
        fields: { ...LLAMA_FIELDS, norm_type: "layernorm_nobias", norms_per_layer: 1 },
        tied: true,
        qkNorm: { flag: "use_qk_norm", norm: "ln_per_head_nobias" },
      },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
    cohere2: {
      name: "Cohere 2",
      forward: cohere2,
      tensorParallel: WHOLLY,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: {
        fields: { ...LLAMA_FIELDS, norm_type: "layernorm_nobias", norms_per_layer: 1, sliding_window_pattern: 4 },
        tied: true,
      },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
