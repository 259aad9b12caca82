import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { targets } from "#calc/families/parts/tensors/targets.ts";
import { apertus as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Apertus. */
export const apertus: Family = {
  model_types: {
    apertus: {
      name: "Apertus",
      forward,
      tensorParallel: WHOLLY,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: { ...LLAMA_FIELDS, hidden_act: "xielu", mlp_type: "plain", qk_norm: "head" } },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: targets("o_proj", ["up_proj", "down_proj"]),
  refused: NO_REFUSED,
};
