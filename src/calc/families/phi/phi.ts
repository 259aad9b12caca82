import type { Family } from "#calc/families/family.ts";
import { GPT_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { targets } from "#calc/families/parts/tensors/targets.ts";
import { phi as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Phi-1.5 and 2. */
export const phi: Family = {
  model_types: {
    phi: {
      name: "Phi",
      forward,
      tensorParallel: WHOLLY,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: { ...GPT_FIELDS, norms_per_layer: 1, lm_head_bias: true } },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: targets("dense", ["fc1", "fc2"]),
  refused: NO_REFUSED,
};
