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

/** Types of models whose published checkpoints are packed, and in what: libraries make them 16 bit while they load. */
export const PACKED_CHECKPOINTS: Readonly<Record<string, string>> = {
  gpt_oss: "MXFP4",
  deepseek_v3: "FP8",
  ministral3: "FP8",
};
