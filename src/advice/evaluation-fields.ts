/** What `TrainingArguments` calls the levers of an evaluation. */
const OF_TRAINER = {
  batch: "per_device_eval_batch_size",
  move: "eval_accumulation_steps",
  concat: "eval_do_concat_batches",
  lossOnly: "prediction_loss_only",
} as const;

/** Libraries whose arguments are those of transformers' Trainer, of any version. */
const TRAINERS = /^(transformers|trl|unsloth|llama-factory|fms-acceleration)/;

/** The name that a lever of an evaluation has in a library's own file, where a sentence can say it; null where that has none. */
export const evaluationField = (stack: string, lever: keyof typeof OF_TRAINER): string | null => {
  if (TRAINERS.test(stack)) return OF_TRAINER[lever];
  return stack === "axolotl" && lever === "batch" ? "eval_batch_size" : null;
};
