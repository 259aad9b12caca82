import type { Family } from "#calc/families/family.ts";
import type { ModelType } from "#calc/families/model-type.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { OTHER_WIDTHS, NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WITH_SHARED_EXPERT, LATENT_ATTENTION } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { deepseekV2, deepseekV3, minicpm3 } from "./forward.ts";
import { layout } from "./tensors.ts";

const LATENT_PROJECTIONS = ["q_proj", "q_a_proj", "q_b_proj", "kv_a_proj_with_mqa", "kv_b_proj", "o_proj"] as const;

/** Facts that these types share. */
const SHARED = {
  contextParallel: true,
  ulysses: OTHER_WIDTHS,
  pipeline: true,
  ...TRANSFORMERS_ALONE,
  heldAgainst: { runs: ["step", "tensor parallel", "expert parallel"] },
  approximation: EXACT,
} as const satisfies Partial<ModelType>;

/** DeepSeek V2 and V3, GLM-4.7-Flash, MiniCPM3: all that have latent attention. */
export const deepseek: Family = {
  model_types: {
    deepseek_v2: {
      name: "Deepseek v 2",
      ...SHARED,
      forward: deepseekV2,
      tensorParallel: { ...LATENT_ATTENTION, cuts: WITH_SHARED_EXPERT.cuts },
      config: { fields: LLAMA_FIELDS },
    },
    deepseek_v3: {
      name: "Deepseek v 3",
      ...SHARED,
      forward: deepseekV3,
      tensorParallel: { cuts: ["mlp", "experts", "shared"] },
      config: { fields: { ...LLAMA_FIELDS, router_correction_bias: true } },
    },
    glm4_moe_lite: {
      name: "Glm 4 MoE lite",
      ...SHARED,
      forward: deepseekV3,
      tensorParallel: LATENT_ATTENTION,
      config: { fields: { ...LLAMA_FIELDS, router_correction_bias: true } },
    },
    minicpm3: {
      name: "Minicpm 3",
      ...SHARED,
      forward: minicpm3,
      tensorParallel: LATENT_ATTENTION,
      config: { fields: LLAMA_FIELDS, tied: true },
      heldAgainst: { runs: ["step", "tensor parallel"] },
    },
  },
  layout,
  targets: {
    "q-v": null,
    attention: LATENT_PROJECTIONS,
    "attention-mlp": [...LATENT_PROJECTIONS, "gate_proj", "up_proj", "down_proj"],
  },
  refused: NO_REFUSED,
};
