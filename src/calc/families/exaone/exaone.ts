import type { Family } from "#calc/families/family.ts";
import { llama as llamaForward } from "#calc/families/llama/forward.ts";
import { llamaShape } from "#calc/families/llama/tensors.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { WHOLLY } from "#calc/families/parts/facts/tensor-plans.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";

/**
 * EXAONE 3 and 3.5: Llama's modules. The published checkpoints call the output projection `out_proj` and the MLP's linears `c_fc_0`, `c_fc_1` and
 * `c_proj`. Of such a list of names transformers 5 finds only q, k and v, so the preset `attention` is these three, and there is no `attention-mlp`
 * (`all-linear` means the same and works). @see transformers 5.24, models/exaone/modular_exaone.py
 */
export const exaone: Family = {
  model_types: {
    exaone: {
      name: "Exaone",
      forward: llamaForward,
      tensorParallel: WHOLLY,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout: llamaShape(),
  targets: { ...LLAMA_TARGETS, attention: ["q_proj", "k_proj", "v_proj"], "attention-mlp": null },
  refused: NO_REFUSED,
};
