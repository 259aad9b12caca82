import type { Family } from "#calc/families/family.ts";
import { llama } from "#calc/families/llama/tensors.ts";

/**
 * EXAONE 3 and 3.5: Llama's modules. The published checkpoints name the output projection `out_proj` and the MLP `c_fc_0`, `c_fc_1`,
 * `c_proj`; of the presets that are written for them, transformers 5 finds only q, k and v: so `attention` is these three, and there is no
 * `attention-mlp` (`all-linear` is the same and works). @see transformers 5.24, models/exaone/modular_exaone.py
 */
export const exaone: Family = {
  ...llama,
  model_types: ["exaone"],
  targets: { ...llama.targets, attention: ["q_proj", "k_proj", "v_proj"], "attention-mlp": null },
};
