// Defaults of TRL, current and older versions.

import type { StackRow } from "#catalog/stack-row.ts";
import { TRANSFORMERS, TRANSFORMERS_4_45, TRANSFORMERS_4_46 } from "./transformers.ts";

/**
 * SFTTrainer 1.15 and later: no k-bit preparation, adapters on a quantised base cast to bf16 (`_is_quantized_model`), head and loss fused so that logits are
 * never whole (`add_fused_lm_head`). From 1.7 to 1.14 that was `loss_type="chunked_nll"`: 256 tokens at a time, each chunk checkpointed.
 */
export const TRL: StackRow = {
  ...TRANSFORMERS,
  name: "TRL",
  adapters: { lora: "fp32", qlora: "bf16" },
  kbitPreparation: "none",
  loss: "fused",
  lossPaths: { ...TRANSFORMERS.lossPaths, fused: { kind: "fused", kernel: "trl" } },
  // trl 1.10, trainer/sft_trainer.py: "PEFT + DeepSpeed ZeRO-3 requires reentrant checkpointing".
  reentrantTurned: [{ shard: "zero3", adapters: true }],
};

/**
 * TRL 1.6 to 1.14, for what it trains for beside SFT: logits are whole with every objective. Its SFT is counted with them too (`loss_type="nll"`, the default
 * before 1.7).
 */
export const TRL_1_14: StackRow = {
  ...TRL,
  name: "TRL 1.14",
  loss: "full",
  lossPaths: TRANSFORMERS.lossPaths,
};

/** TRL 1.6 to 1.9: as 1.14, but for GRPO, which divides its logits in their place. From 1.10 on it divides them into a copy, which is not counted. */
export const TRL_1_9: StackRow = { ...TRL_1_14, name: "TRL 1.9" };

/**
 * SFTTrainer 0.x: `prepare_model_for_kbit_training`, then `peft_module_casting_to_bf16`, which puts embeddings and head back to bf16, norms to fp32,
 * and leaves adapters as PEFT made them, fp32 (measured static memory of Mistral-7B QLoRA agrees).
 */
export const TRL_0_13: StackRow = {
  ...TRANSFORMERS_4_46,
  name: "TRL 0.13",
  kbitPreparation: "trl-0.11",
};

/**
 * TRL 0.15 to 0.21 over transformers 4.49 to 4.55: labels are shifted, not logits; `adamw_torch` is the default, as torch 2.8 came after them. The layers are
 * those of transformers 4.48.
 *
 * @see trl 0.21.0: trainer/sft_trainer.py, `_prepare_peft_model`; transformers 4.51.3: loss/loss_utils.py, `ForCausalLMLoss`; training_args.py, `default_optim`
 */
export const TRL_0_21: StackRow = { ...TRL_0_13, name: "TRL 0.21", lossPaths: TRANSFORMERS.lossPaths };

/** TRL 0.24 over transformers 4.57, for its DPO: whole logits, hidden states of all layers beside them, a frozen copy. Its SFT prepares a quantised base as 0.13 did. */
export const TRL_0_24: StackRow = {
  ...TRANSFORMERS,
  name: "TRL 0.24",
  trainer: "trl-0.24",
  kbitPreparation: "trl-0.11",
};

/** The same over transformers 4.45. */
export const TRL_0_11: StackRow = { ...TRANSFORMERS_4_45, name: "TRL 0.11", kbitPreparation: "trl-0.11" };
