import type { Family } from "#calc/families/family.ts";
import { learnedPositions } from "#calc/families/parts/facts/config-rules.ts";
import { NO_PLAN, OWN_ATTENTION, NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { targets } from "#calc/families/parts/tensors/targets.ts";
import { gptNeo as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** GPT-Neo. */
export const gptNeo: Family = {
  model_types: {
    gpt_neo: {
      name: "GPT-Neo",
      forward,
      withoutSdpa: "Its attention is written out.",
      tensorParallel: NO_PLAN,
      contextParallel: true,
      ulysses: OWN_ATTENTION,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: {
        fields: {
          hidden_act: "gelu_new",
          mlp_type: "plain",
          norm_type: "layernorm",
          norms_per_layer: 2,
          attention_out_bias: true,
          mlp_bias: true,
        },
        tied: true,
        fourfoldMlp: true,
        rule: learnedPositions(0),
      },
      heldAgainst: { runs: ["step"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: targets("out_proj", ["c_fc", "c_proj"]),
  refused: NO_REFUSED,
};
