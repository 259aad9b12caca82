import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_POSITIONS, NO_RING, NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { EXPERTS_ALONE } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { WITHOUT_KERNELS } from "#calc/families/parts/facts/without-kernels.ts";
import { targets } from "#calc/families/parts/tensors/targets.ts";
import { graniteMoe as forward } from "./forward.ts";
import { granitemoehybrid } from "./hybrid-forward.ts";
import { layout } from "./tensors.ts";

/** Kinds as transformers 5 saves them, and as the checkpoints have them. @see transformers 5.24, configuration_utils.py, `_LEGACY_LAYER_TYPE_REMAP` */
const KIND_NAMES = { linear_attention: "mamba", full_attention: "attention" } as const;

/** Granite 3 MoE, and Granite 4. */
export const graniteMoe: Family = {
  model_types: {
    granitemoe: {
      name: "Granitemoe",
      forward,
      tensorParallel: EXPERTS_ALONE,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: LLAMA_FIELDS, expertsAreIntermediate: true },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses", "expert parallel"] },
      approximation: EXACT,
    },
    granitemoehybrid: {
      name: "Granitemoehybrid",
      forward: granitemoehybrid,
      tensorParallel: EXPERTS_ALONE,
      contextParallel: NO_RING,
      ulysses: NO_POSITIONS,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: LLAMA_FIELDS, expertsAreIntermediate: true, kindsCount: true, kindNames: KIND_NAMES },
      heldAgainst: { runs: ["step", "tensor parallel", "expert parallel"] },
      approximation: WITHOUT_KERNELS,
    },
  },
  layout,
  targets: targets("o_proj", ["input_linear", "output_linear"]),
  refused: NO_REFUSED,
};
