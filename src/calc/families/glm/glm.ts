import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { targets } from "#calc/families/parts/tensors/targets.ts";
import { glm as forward, glm4 } from "./forward.ts";
import type { TensorPlan } from "#calc/families/tensor-plan.ts";
import { layout } from "./tensors.ts";

const GATHERED_MLP: TensorPlan = { cuts: ["heads"], gathers: ["mlp.gate_up_proj"], splits: ["mlp.down_proj"] };

/** GLM-4, dense. */
export const glm: Family = {
  model_types: {
    glm: {
      name: "GLM",
      forward,
      tensorParallel: GATHERED_MLP,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: LLAMA_FIELDS, biasOfQkv: true },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
    glm4: {
      name: "GLM 4",
      forward: glm4,
      tensorParallel: GATHERED_MLP,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: { ...LLAMA_FIELDS, norms_per_layer: 4 }, biasOfQkv: true },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: targets("o_proj", ["gate_up_proj", "down_proj"]),
  refused: NO_REFUSED,
};
