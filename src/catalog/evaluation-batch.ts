import type { StackId } from "./stacks.ts";

/**
 * Libraries whose evaluation has the micro batch of training where nobody says otherwise.
 *
 * @see axolotl, utils/schemas/config.py, `eval_batch_size` ("defaults to micro_batch_size"); litgpt 0.5.13, finetune/lora.py, `get_dataloaders` (`train.micro_batch_size`
 * for both); torchtune 0.6.1, recipes/lora_finetune_single_device.py, `batch_size_val` (default: `batch_size`)
 */
const AS_TRAINED: ReadonlySet<string> = new Set<StackId>([
  "axolotl",
  "litgpt",
  "litgpt-0.4",
  "lit-gpt-2023",
  "torchtune",
  "torchtune-0.1",
  "torchtune-compiled",
]);

/** `TrainingArguments.per_device_eval_batch_size`. @see transformers 5.24, training_args.py */
const TRAINERS_OWN = 8;

/** Rows of an evaluation's batch on each GPU where nobody says otherwise. */
export const evaluationBatch = (stack: string, microBatch: number): number =>
  AS_TRAINED.has(stack) ? microBatch : TRAINERS_OWN;
