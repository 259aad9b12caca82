// Defaults of Unsloth, current and older versions.

import { type StackRow, LOSS_PATHS, withoutTrainer } from "#catalog/stack-row.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * Unsloth: adapters upcast to fp32, frozen parameters left as loaded (`prepare_model_for_training`), checkpoints in host memory
 * (`use_gradient_checkpointing="unsloth"`), 8-bit AdamW. Its loss splits the tokens where fp32 logits pass half of the free memory or 4 GiB: one chunk up
 * to 8,000 tokens with a vocabulary of 128,000, where 8 GiB are free. On transformers 5.2 and later it packs fused experts, and dequantises them again in
 * backward (from unsloth-zoo 2026.7 on; before, and with `UNSLOTH_MOE_RECOMPUTE=0`, both stacks of a layer stay until then).
 */
export const UNSLOTH: StackRow = {
  ...withoutTrainer(TRANSFORMERS),
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

/**
 * From March to July 2025: cut cross entropy above 1,024 tokens (below, logits are whole, which is not included), on version 4 of transformers. The first
 * step moves no checkpoint to the host: `LAST_GC_INDEX` counts up with `CURRENT_GC_INDEX` as long as no backward ran, and the layer that has it stays. So the
 * run takes most in its first step.
 *
 * @see unsloth 2025.6.12: unsloth/models/llama.py, `CausalLM_fast_forward`; unsloth_zoo 2025.6.8: gradient_checkpointing.py, `UnslothCheckpointFunction.forward`;
 * loss_utils.py, `fused_linear_cross_entropy`
 */
export const UNSLOTH_2025: StackRow = {
  ...UNSLOTH,
  name: "Unsloth 2025.3 to 2025.7",
  modelling: "unsloth-2025",
  loss: "fused",
  lossPaths: { ...UNSLOTH.lossPaths, fused: { kind: "fused", kernel: "cut" } },
  firstStepOnGpu: true,
};

/**
 * From August to October 2025: the loss of today, by chunks of what is free; the first step still keeps all checkpoints on the GPU (unsloth_zoo 2025.11.6 moves
 * them in that step, too).
 *
 * @see unsloth 2025.8.10: unsloth/models/llama.py, `unsloth_fused_ce_loss`; unsloth_zoo 2025.10.13: gradient_checkpointing.py, `UnslothCheckpointFunction.forward`
 */
export const UNSLOTH_2025_10: StackRow = {
  ...UNSLOTH,
  name: "Unsloth 2025.8 to 2025.10",
  modelling: "unsloth-2025",
  firstStepOnGpu: true,
};

/** Before March 2025 an adapter's product was made whole and then added (`matmul_lora`), and the loss took all tokens at once. */
export const UNSLOTH_2024: StackRow = {
  ...UNSLOTH,
  name: "Unsloth before March 2025",
  modelling: "unsloth-2024",
  lossPaths: { ...UNSLOTH.lossPaths, chunked: { kind: "chunked", chunks: 1 } },
};
