/** Types of model whose modules the engine has Liger's kernels for. To be replaced by `ENGINE.hasLiger`. */
const TYPES: readonly string[] = [
  "llama",
  "mistral",
  "qwen2",
  "qwen3",
  "phi3",
  "granite",
  "smollm3",
  "gemma",
  "gemma2",
  "gemma3_text",
];

/** Whether Liger has kernels for a type of model that the engine knows. */
export const hasLiger = (model_type: string): boolean => TYPES.includes(model_type);
