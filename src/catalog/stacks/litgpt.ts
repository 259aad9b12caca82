import type { StackRow } from "#catalog/stack-row.ts";
import { LOSS_PATHS } from "./loss-paths.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * LitGPT with its config hub: `bf16-true`, so adapters, gradients and states are bf16 and nothing is autocast; torch's AdamW (foreach). The head runs
 * in chunks of 128 tokens that are all kept in a list, so bf16 logits and their log-probabilities are whole, 4 B for each token and vocabulary
 * entry: the in-place path is the nearest. Asking for `bf16-mixed`, the default without a config, changes all of this.
 */
export const LITGPT: StackRow = {
  ...TRANSFORMERS,
  name: "LitGPT",
  autocast: false,
  adapters: { lora: "bf16", qlora: "bf16" },
  kbitPreparation: "none",
  loss: "chunked",
  lossPaths: { ...TRANSFORMERS.lossPaths, chunked: LOSS_PATHS.inplace },
  optim: "adamw_torch",
};
