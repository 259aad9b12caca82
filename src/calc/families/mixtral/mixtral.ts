import type { Family } from "#calc/families/family.ts";
import { forKernels } from "#calc/families/modellings/older-layer.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { olderExperts } from "#calc/modules/older-experts.ts";
import { mixtral as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Mixtral. */
export const mixtral: Family = {
  model_types: {
    mixtral: {
      name: "Mixtral",
      forward,
      tensorParallel: WHOLLY,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      transformers4: { llamaLike: { repeats: forKernels, mlp: olderExperts } },
      config: { fields: LLAMA_FIELDS, expertsAreIntermediate: true },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses", "expert parallel"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
