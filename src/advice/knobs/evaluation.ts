// Knobs for evaluation: batch, length, kept outputs, and when they move to host memory.

import { type Knob, type KnobMaker, NO_SCALE, type ScaleMaker, scaleOf } from "./knob.ts";
import { formatCount } from "#format/numbers.ts";
import { type Choices, RANGES } from "#scenario/keys/choices.ts";
import { SEQUENCE_STEP } from "./training.ts";

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
const evaluationField = (stack: string, lever: keyof typeof OF_TRAINER): string | null => {
  if (TRAINERS.test(stack)) return OF_TRAINER[lever];
  return stack === "axolotl" && lever === "batch" ? "eval_batch_size" : null;
};

/** Whether an evaluation keeps more of each batch than its loss. */
const keepsOutputs = ({ evalkeep, evalgen }: Choices): boolean => evalkeep !== "loss" || evalgen > 0;

/** The batches that the same rows take in batches of another size, the last of which may not be full. */
const batchesOf = ({ eval: rows, evalbatches }: Choices, to: number): number => Math.ceil((rows * evalbatches) / to);

/** A smaller batch of an evaluation. Where outputs are kept, as many more batches: they are of the same rows. */
export const evaluationBatch: ScaleMaker = ({ choices }) => {
  const { eval: now, stack } = choices;
  const field = evaluationField(stack, "batch");
  const patchTo = (to: number): Partial<Choices> =>
    keepsOutputs(choices) ? { eval: to, evalbatches: batchesOf(choices, to) } : { eval: to };
  const sizes = Array.from({ length: Math.max(0, now - 1) }, (_, index) => index + 1);
  const at = (to: number): Knob => ({
    id: "eval-batch",
    subject: "evaluationBatch",
    title: `Evaluation batch ${formatCount(now)} to ${formatCount(to)}`,
    phrase: `evaluate at batch ${formatCount(to)}`,
    ...(field !== null && { lever: { words: `${field}=${to}`, isLargest: true } }),
    moment: "evaluate",
    price: "evaluationBatch",
    patch: patchTo(to),
  });
  return scaleOf(
    sizes.filter((to) => batchesOf(choices, to) <= RANGES.evalbatches.max),
    { now, at },
  );
};

/** What is kept goes to the host after fewer batches. */
export const evaluationMove: ScaleMaker = ({ choices }) => {
  const { eval: rows, evalmove, evalbatches, stack } = choices;
  const kept = evalmove === 0 ? evalbatches : Math.min(evalmove, evalbatches);
  if (rows === 0 || !keepsOutputs(choices) || kept < 2) return NO_SCALE;
  const field = evaluationField(stack, "move");
  const at = (to: number): Knob => {
    const batches = to === 1 ? "each batch" : `every ${formatCount(to)} batches`;
    return {
      id: "eval-move",
      subject: "evaluationMove",
      title: `Outputs to the host after ${batches}`,
      phrase: `move what the evaluation keeps to the host after ${batches}`,
      ...(field !== null && { lever: { words: `${field}=${to}`, isLargest: true } }),
      moment: "evaluate",
      price: "evaluationMove",
      patch: { evalmove: to },
    };
  };
  return { count: kept - 1, half: Math.max(1, Math.floor(kept / 2)), at: (rung) => at(rung) };
};

/** Shorter rows of an evaluation. */
export const evaluationLength: ScaleMaker = ({ choices }) => {
  const now = choices.evalseq ?? choices.seq;
  if (choices.eval === 0) return NO_SCALE;
  return {
    count: Math.max(0, Math.ceil(now / SEQUENCE_STEP) - 2),
    half: Math.max(1, Math.floor(now / 2 / SEQUENCE_STEP) - 1),
    at: (rung) => {
      const to = (rung + 1) * SEQUENCE_STEP;
      return {
        id: "eval-seq",
        subject: "evaluationLength",
        title: `Evaluation rows to ${formatCount(to)}`,
        phrase: `cut the rows of the evaluation to ${formatCount(to)}`,
        moment: "evaluate",
        price: "evaluationLength",
        patch: { evalseq: to },
      };
    },
  };
};

/** Less kept of each batch: the likeliest token in place of all logits, or the loss alone. */
export const evaluationKeeps: KnobMaker = ({ choices }) => {
  if (choices.eval === 0 || !keepsOutputs(choices)) return [];
  const field = evaluationField(choices.stack, "lossOnly");
  const argmax: Knob = {
    id: "eval-argmax",
    subject: "evaluationKeeps",
    title: "Keep the argmax of logits",
    phrase: "keep the argmax of the evaluation’s logits (preprocess_logits_for_metrics)",
    moment: "evaluate",
    price: "evaluationArgmax",
    patch: { evalkeep: "argmax" },
  };
  const lossOnly: Knob = {
    id: "eval-loss-only",
    subject: "evaluationKeeps",
    title: "Evaluate the loss alone",
    phrase: "evaluate the loss alone, without metrics",
    ...(field !== null && { lever: { words: `${field}=True`, isLargest: false } }),
    moment: "evaluate",
    price: "evaluationLossOnly",
    patch: { evalkeep: "loss", evalgen: 0 },
  };
  return choices.evalgen === 0 && choices.evalkeep === "logits" ? [argmax, lossOnly] : [lossOnly];
};

/** What is kept in a list, where it is concatenated at every batch. */
export const evaluationList: KnobMaker = ({ choices }) => {
  if (choices.eval === 0 || !keepsOutputs(choices) || choices.evallist) return [];
  const field = evaluationField(choices.stack, "concat");
  return [
    {
      id: "eval-list",
      subject: "evaluationList",
      title: "Outputs in a list",
      phrase: "keep what the evaluation keeps in a list",
      ...(field !== null && { lever: { words: `${field}=False`, isLargest: false } }),
      moment: "evaluate",
      price: "evaluationList",
      patch: { evallist: true },
    },
  ];
};
