import { layout } from "#calc/families/deepseek/tensors.ts";
import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WITH_SHARED_EXPERT } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { glm4Moe as forward } from "./forward.ts";

/** GLM-4.5. */
export const glm4Moe: Family = {
  model_types: {
    glm4_moe: {
      name: "Glm 4 MoE",
      forward,
      tensorParallel: WITH_SHARED_EXPERT,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: {
        fields: { ...LLAMA_FIELDS, router_correction_bias: true },
        biasOfQkv: true,
        qkNorm: { flag: "use_qk_norm", norm: "head" },
      },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses", "expert parallel"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
