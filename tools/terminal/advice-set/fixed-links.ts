const MODELS = ["llama-3.1-8b", "llama-3.2-3b", "qwen2.5-7b", "qwen2.5-14b", "mistral-7b-v0.1", "gemma-2-9b"];
const CARDS = ["t4", "rtx-4060", "rtx-4090", "a100-40gb-pcie", "h100-sxm"];
const LOADS = ["batch=2&seq=4096&r=16", "batch=8&seq=2048&r=256"];

/** The same sixty scenarios each time, model by model. */
export const FIXED_LINKS: readonly string[] = MODELS.flatMap((model) =>
  CARDS.flatMap((gpu) => LOADS.map((load) => `?v=1&model=${model}&gpu=${gpu}&${load}`)),
);
