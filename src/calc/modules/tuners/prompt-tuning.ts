import { baseLinear } from "#calc/modules/linear.ts";
import type { Tuner } from "#calc/modules/loaded-modules.ts";

/** The name of the prompt's table. */
export const PROMPT = "embedding.weight";

/**
 * Prompt tuning: virtual tokens before those of each row, whose embeddings are all that is trained: `num_virtual_tokens` (here the rank) × hidden size. Every
 * layer is as it was, and longer by as many positions; gradients go back through all of them.
 *
 * @see peft 0.21, tuners/prompt_tuning/model.py, `PromptEmbedding`; peft_model.py, `PeftModelForCausalLM.forward`; Lester et al. 2021, "The Power of
 * Scale for Parameter-Efficient Prompt Tuning"
 */
export const promptTuning: Tuner = {
  id: "prompt_tuning",
  tensors: ({ kind, out_features }, { r }) =>
    kind === "embedding" ? [{ name: PROMPT, shape: [r, out_features] }] : [],
  forward: (module, _, x) => baseLinear(module, x),
  divides: null,
  bases: ["bnb-4bit", "bnb-8bit", "gptq"],
  inLibraries: false,
};
