/**
 * Model types whose plan in transformers divides every matrix of attention and MLP by columns or by rows, experts by their width, embedding and head by
 * the vocabulary. Of the others some have no plan (GPT-2, Falcon ...), and some gather in the middle of a layer (Phi-3, OLMo 2) or divide a part alone.
 *
 * @see transformers 5.24, `base_model_tp_plan` in models/…/configuration_….py, `_tp_plan` in modeling_….py
 */
const PLANS = new Set([
  "apertus",
  "arcee",
  "cohere",
  "cohere2",
  "ernie4_5",
  "exaone4",
  "gemma",
  "gemma2",
  "gemma3",
  "gemma3_text",
  "glm4_moe",
  "gpt_neox",
  "gptj",
  "granite",
  "helium",
  "llama",
  "ministral3",
  "mistral",
  "mixtral",
  "nemotron",
  "olmo",
  "phi",
  "qwen2",
  "qwen3",
  "qwen3_moe",
  "seed_oss",
  "smollm3",
  "starcoder2",
]);

/** Whether the matrices of a type of model can be divided over ranks. */
export const tensorPlan = (model_type: string): boolean => PLANS.has(model_type);
