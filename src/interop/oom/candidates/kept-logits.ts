import { formatCount } from "#format/numbers.ts";
import { canBe } from "#interop/oom/request-range.ts";
import type { Candidate, Origin } from "./candidate.ts";

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
      canBe(request, each * one),
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
