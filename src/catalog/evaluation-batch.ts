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
