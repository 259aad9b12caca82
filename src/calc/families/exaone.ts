// EXAONE 3 and 3.5: Llama's modules with checkpoint names of their own.

import type { Family } from "./family.ts";
import { llamaForward, llamaShape } from "./llama.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors.ts";

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
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout: llamaShape(),
  targets: { ...LLAMA_TARGETS, attention: ["q_proj", "k_proj", "v_proj"], "attention-mlp": null },
  refused: NO_REFUSED,
};
