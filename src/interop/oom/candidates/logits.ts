// Candidates of tokens by vocabulary: logits, their copies and gradients, logits kept in evaluation.

import { formatCount } from "#format/numbers.ts";
import type { Phase } from "#interop/oom/traceback.ts";
import type { Candidate, Origin } from "./candidate.ts";
import { fittingRows } from "./fitting-rows.ts";
import { isPossibleSize } from "#interop/oom/request-range.ts";

const FORMATS = [
  {
    size: 4,
    name: "the logits in fp32, or their log-probabilities or gradient",
    places: ["forward", "loss", "convert-outputs", "backward"],
  },
  { size: 2, name: "the logits in 16 bit, or their gradient", places: ["forward", "loss", "backward"] },
] as const;

const phasesOf = (fits: Candidate["fits"]): readonly Phase[] =>
  fits === "evaluation" ? ["evaluate"] : ["train", "evaluate"];

const CHANGE =
  "Shorter rows or a smaller batch help in proportion; a loss that never makes all logits (use_liger_kernel, or TRL's and Unsloth's own) takes it away.";
const OF_EVALUATION =
  "per_device_eval_batch_size is 8 unless it is set: set it to 1, it is linear. With compute_metrics, give preprocess_logits_for_metrics the argmax.";

/**
 * Tokens × vocabulary: what the head gives out, its copy in fp32, the log-probabilities of the loss, and the gradients of these.
 *
 * @see transformers 5.24, loss/loss_utils.py, `ForCausalLMLoss`; accelerate 1.15, `convert_outputs_to_fp32`
 */
export const logits: Origin = ({ subject, request }) => {
  const { vocab_size: vocabulary } = subject.scenario.architecture;
  return FORMATS.flatMap(({ size, name, places }) =>
    fittingRows(({ batch, length }) => size * batch * length * vocabulary, subject, request).map(
      ({ rows, fits }): Candidate => ({
        tensor: "logits",
        name,
        bytes: size * rows.batch * rows.length * vocabulary,
        formula: `${size} B × ${formatCount(rows.batch)} × ${formatCount(rows.length)} tokens × ${formatCount(vocabulary)}`,
        fits,
        rows,
        phases: phasesOf(fits),
        places,
        why: "The loss needs a number for each token and each word of the vocabulary, and keeps some copies of them at a time.",
        change: fits === "evaluation" ? OF_EVALUATION : CHANGE,
      }),
    ),
  );
};

/** Batches of one evaluation that are tried. */
const MOST_BATCHES = 2000;

/**
 * What an evaluation with `compute_metrics` keeps on the GPU: the logits of all batches so far, put together anew with each (k × batch × length × vocabulary).
 *
 * @see transformers 5.24, trainer_pt_utils.py, `EvalLoopContainer`, `torch_pad_and_concatenate`
 */
export const keptLogits: Origin = ({ subject: { scenario }, request, moment }) => {
  if (moment.place !== "concatenate") return [];
  const { micro_batch_size, sequence_length: length, architecture } = scenario;
  const ofBatch = (batch: number, size: number): readonly Candidate[] => {
    const one = size * batch * length * architecture.vocab_size;
    const batches = Array.from({ length: MOST_BATCHES }, (_, index) => index + 2).find((each) =>
      isPossibleSize(request, each * one),
    );
    if (batches === undefined) return [];
    return [
      {
        tensor: "logits",
        name: `the logits of ${formatCount(batches)} batches of an evaluation, kept together`,
        bytes: batches * one,
        formula: `${formatCount(batches)} × ${size} B × ${batch} × ${formatCount(length)} tokens × ${formatCount(architecture.vocab_size)}`,
        fits: "evaluation",
        rows: { batch: batch * batches, length },
        phases: ["evaluate"],
        places: ["concatenate"],
        why: "With compute_metrics the Trainer keeps all logits on the GPU until the last batch, and copies all of them at each.",
        change:
          "Give preprocess_logits_for_metrics the argmax, or set eval_accumulation_steps=1, or leave compute_metrics out (prediction_loss_only).",
      },
    ];
  };
  return [...new Set([8, micro_batch_size])].flatMap((batch) => [4, 2].flatMap((size) => ofBatch(batch, size)));
};
