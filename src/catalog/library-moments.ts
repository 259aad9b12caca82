// Code that each library runs outside the training step: loading, evaluation, saving, merging.

import type { StackId } from "./stacks.ts";

/**
 * Whose code runs the moments outside the training step. The estimate of these moments stands for transformers' `from_pretrained` (loading), its Trainer (evaluating,
 * saving, resuming) and PEFT's `merge_and_unload`; with a library that has code of its own it is another library's figure.
 */
export type MomentCode = Readonly<{
  /** Loads by `from_pretrained`. */
  loads: boolean;
  /** Evaluates, saves and resumes by the Trainer. */
  trainer: boolean;
  /** Merges adapters by PEFT. */
  merges: boolean;
}>;

const TRAINER: MomentCode = { loads: true, trainer: true, merges: true };
/** @see unslothai/unsloth, unsloth/save.py, `unsloth_save_model`; unsloth_zoo/saving_utils.py, `_merge_lora`; axolotl, cli/merge_lora.py */
const OWN_MERGE: MomentCode = { loads: true, trainer: true, merges: false };
const OWN_LOOP: MomentCode = { loads: true, trainer: false, merges: true };
const OWN: MomentCode = { loads: false, trainer: false, merges: false };

/** By library. */
export const MOMENT_CODE: Readonly<Record<StackId, MomentCode>> = {
  transformers: TRAINER,
  "transformers-4.46": TRAINER,
  "transformers-4.45": TRAINER,
  trl: TRAINER,
  "trl-1.14": TRAINER,
  "trl-1.9": TRAINER,
  "trl-0.24": TRAINER,
  "trl-0.21": TRAINER,
  "trl-0.13": TRAINER,
  "trl-0.11": TRAINER,
  unsloth: OWN_MERGE,
  "unsloth-2025.10": OWN_MERGE,
  "unsloth-2025": OWN_MERGE,
  "unsloth-2024": OWN_MERGE,
  axolotl: OWN_MERGE,
  "llama-factory": TRAINER,
  deepspeed: TRAINER,
  "fms-acceleration": TRAINER,
  "fms-acceleration-4.45": TRAINER,
  plain: OWN_LOOP,
  "plain-torch": OWN,
  torchtune: OWN,
  "torchtune-compiled": OWN,
  "torchtune-0.1": OWN,
  torchtitan: OWN,
  litgpt: OWN,
  "litgpt-0.4": OWN,
  "lit-gpt-2023": OWN,
  "fsdp-qlora": OWN,
  article: OWN,
};

/** `per_device_eval_batch_size` of the Trainer, whatever the training batch is. @see transformers@5.14.1:training_args.py */
const OF_TRAINER = 8;

/**
 * Libraries that evaluate with the batch that they train with.
 *
 * @see https://github.com/axolotl-ai-cloud/axolotl/blob/00ce8882ab23c7e72e4d705b6dec41c9a2dcf94a/src/axolotl/utils/config/__init__.py, `normalize_config`
 * @see https://github.com/Lightning-AI/litgpt/blob/01fe959c5f43a22d02e2b2686478694ca60531f7/litgpt/finetune/lora.py, `get_dataloaders`
 * @see https://github.com/pytorch/torchtune/blob/015b39c745a22dbb20f9c6ac6ec8f9508ff45d85/recipes/full_finetune_distributed.py, `batch_size_val`
 */
const AS_TRAINED = /^(axolotl|litgpt|lit-gpt|torchtune)/;

/** Rows of an evaluation's batch on each GPU where nobody says how many. @param batch rows of a training batch */
export const evaluationBatch = ({ stack, batch }: Readonly<{ stack: string; batch: number }>): number =>
  AS_TRAINED.test(stack) ? batch : OF_TRAINER;
