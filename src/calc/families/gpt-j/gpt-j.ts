import type { Family } from "#calc/families/family.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { targets } from "#calc/families/parts/tensors/targets.ts";
import { gptj as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** GPT-J. */
export const gptj: Family = {
  model_types: {
    gptj: {
      name: "GPT-J",
      forward,
      tensorParallel: WHOLLY,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: {
        fields: {
          hidden_act: "gelu_new",
          mlp_type: "plain",
          norm_type: "layernorm",
          norms_per_layer: 1,
          mlp_bias: true,
          lm_head_bias: true,
        },
        fourfoldMlp: true,
      },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: targets("out_proj", ["fc_in", "fc_out"]),
  refused: NO_REFUSED,
};
