import type { Family } from "#calc/families/family.ts";
import { GPT_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { targets } from "#calc/families/parts/tensors/targets.ts";
import { starcoder2 as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** StarCoder2. */
export const starcoder2: Family = {
  model_types: {
    starcoder2: {
      name: "Starcoder 2",
      forward,
      tensorParallel: WHOLLY,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: { ...GPT_FIELDS, hidden_act: "gelu_pytorch_tanh" }, tied: true },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: targets("o_proj", ["c_fc", "c_proj"]),
  refused: NO_REFUSED,
};
