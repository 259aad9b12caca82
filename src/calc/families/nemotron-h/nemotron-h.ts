import type { Family } from "#calc/families/family.ts";
import { STATE_OF_TOKENS, NO_RING } from "#calc/families/parts/facts/reasons.ts";
import { EXPERTS_ALONE } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { WITHOUT_KERNELS } from "#calc/families/parts/facts/without-kernels.ts";
import { targets } from "#calc/families/parts/tensors/targets.ts";
import { nemotronH as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Kinds as transformers 5 saves them, older names of two of them, and the letters of the pattern. @see transformers 5.24, configuration_nemotron_h.py, `_list_to_pattern` */
const LETTERS = { linear_attention: "M", mamba: "M", full_attention: "*", attention: "*", moe: "E", mlp: "-" } as const;

/** Nemotron-H. */
export const nemotronH: Family = {
  model_types: {
    nemotron_h: {
      name: "Nemotron h",
      forward,
      tensorParallel: { ...EXPERTS_ALONE, head: "whole" },
      contextParallel: NO_RING,
      ulysses: STATE_OF_TOKENS,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: {
        fields: { hidden_act: "relu2", mlp_type: "plain", norm_type: "rmsnorm", norms_per_layer: 1 },
        kindsCount: true,
        kindNames: LETTERS,
        rule: (_, { num_experts }) => (num_experts ? { router_correction_bias: true } : {}),
      },
      heldAgainst: { runs: ["step", "tensor parallel", "expert parallel"] },
      approximation: WITHOUT_KERNELS,
    },
  },
  layout,
  targets: targets("o_proj", ["up_proj", "down_proj"]),
  refused: ["out_proj"],
};
