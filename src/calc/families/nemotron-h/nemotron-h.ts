import type { Family } from "#calc/families/family.ts";
import { STATE_OF_TOKENS, NO_RING } from "#calc/families/parts/facts/reasons.ts";
import { EXPERTS_ALONE } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { WITHOUT_KERNELS } from "#calc/families/parts/facts/without-kernels.ts";
import { targets } from "#calc/families/parts/tensors/targets.ts";
import { nemotronH as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

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
