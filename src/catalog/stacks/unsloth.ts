import type { StackRow } from "#catalog/stack-row.ts";
import { LOSS_PATHS } from "./loss-paths.ts";
import { ownCode } from "./own-code.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * Unsloth: adapters upcast to fp32, frozen parameters left as loaded (`prepare_model_for_training`), checkpoints in host memory
 * (`use_gradient_checkpointing="unsloth"`), 8-bit AdamW. Its loss splits the tokens where fp32 logits pass half of the free memory or 4 GiB: one chunk up
 * to 8,000 tokens with a vocabulary of 128,000, where 8 GiB are free. On transformers 5.2 and later it packs fused experts, and dequantises them again in
 * backward (from unsloth-zoo 2026.7 on; before, and with `UNSLOTH_MOE_RECOMPUTE=0`, both stacks of a layer stay until then).
 */
export const UNSLOTH: StackRow = {
  ...ownCode(TRANSFORMERS),
  name: "Unsloth",
  modelling: "unsloth",
  kbitPreparation: "none",
  experts: { stored: "4bit", read: "rebuilt" },
  loss: "chunked",
  lossPaths: { ...TRANSFORMERS.lossPaths, ...LOSS_PATHS, chunked: { kind: "chunked", chunks: "by-free-memory" } },
  needsTriton: true,
  attn_implementation: "flash",
  optim: "adamw_bnb_8bit",
  checkpointsOffloaded: true,
};

/** Before March 2025 an adapter's product was made whole and then added (`matmul_lora`), and the loss took all tokens at once. */
export const UNSLOTH_2024: StackRow = {
  ...UNSLOTH,
  name: "Unsloth before March 2025",
  modelling: "unsloth-2024",
  lossPaths: { ...UNSLOTH.lossPaths, chunked: { kind: "chunked", chunks: 1 } },
};
