import type { Family } from "#calc/families/family.ts";
import { GPT_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { learnedPositions } from "#calc/families/parts/facts/config-rules.ts";
import { NO_PLAN, NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { targets } from "#calc/families/parts/tensors/targets.ts";
import { opt as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** @see transformers 5.24, modeling_opt.py, `OPTLearnedPositionalEmbedding` */
const TWO_FOR_PADDING = 2;

/** OPT. */
export const opt: Family = {
  model_types: {
    opt: {
      name: "OPT",
      forward,
      tensorParallel: NO_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: { ...GPT_FIELDS, hidden_act: "relu" }, tied: true, rule: learnedPositions(TWO_FOR_PADDING) },
      heldAgainst: { runs: ["step", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: targets("out_proj", ["fc1", "fc2"]),
  refused: NO_REFUSED,
};
