/**
 * Model types whose attention DeepSpeed's Ulysses can stand around: it is one of transformers' exchangeable functions, is handed the positions, and has
 * heads of `head_dim`. Others hand over no positions (Llama 4, Granite 4), have keys and values of other widths (DeepSeek), attention of their own (Falcon)
 * or expect heads back (GPT-2); layers whose state goes from token to token are refused by accelerate.
 *
 * @see deepspeed 0.19, runtime/sequence_parallel/ulysses_sp.py, `UlyssesSPAttentionHF.forward`; accelerate 1.15, big_modeling.py,
 * `_refuse_recurrent_layers_under_sequence_parallelism`
 */
const FAMILIES = new Set([
  "apertus",
  "arcee",
  "cohere",
  "cohere2",
  "ernie4_5",
  "exaone",
  "exaone4",
  "gemma",
  "gemma3",
  "gemma3_text",
  "glm",
  "glm4",
  "glm4_moe",
  "gpt_neox",
  "gptj",
  "granite",
  "granitemoe",
  "internlm3",
  "llama",
  "ministral3",
  "mistral",
  "mistral3",
  "mixtral",
  "nemotron",
  "olmo",
  "olmo2",
  "olmo3",
  "olmoe",
  "opt",
  "phi",
  "phi3",
  "phimoe",
  "qwen2",
  "qwen2_moe",
  "qwen3",
  "qwen3_moe",
  "seed_oss",
  "smollm3",
  "stablelm",
  "starcoder2",
]);

/** Whether ranks can share out the heads of a type of model. */
export const takesUlysses = (model_type: string): boolean => FAMILIES.has(model_type);
