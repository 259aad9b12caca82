import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { nemotron as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Nemotron and Minitron. */
export const nemotron: Family = {
  model_types: {
    nemotron: {
      name: "Nemotron",
      forward,
      tensorParallel: WHOLLY,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: { ...LLAMA_FIELDS, hidden_act: "relu2", mlp_type: "plain", norm_type: "layernorm" } },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
