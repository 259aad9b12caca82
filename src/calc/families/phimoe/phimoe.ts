import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { EXPERTS_ALONE } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { phimoe as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Phi-3.5-MoE. */
export const phimoe: Family = {
  model_types: {
    phimoe: {
      name: "Phimoe",
      forward,
      tensorParallel: EXPERTS_ALONE,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: {
        fields: {
          ...LLAMA_FIELDS,
          norm_type: "layernorm",
          attention_bias: true,
          qkv_bias: true,
          attention_out_bias: true,
          lm_head_bias: true,
        },
        expertsAreIntermediate: true,
      },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses", "expert parallel"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
