import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import { columnOf, outputOf } from "#calc/modules/objective.ts";
import type { LogProbOutput } from "#calc/tape/ops/logprob-tile.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { recordedSlice } from "#calc/tape/ops/view.ts";
import { bind } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { drop } from "#calc/tape/tensor.ts";
import { completionLabels } from "./completion-labels.ts";
import { type PairForward, perSequence } from "./pair-forward.ts";
import { scoredForward } from "./scored-forward.ts";

/** What the trainer asks its own model's head for; that of a copy gives log-probabilities alone. @see trl 1.16, trainer/dpo_trainer.py, `add_fused_lm_head` */
const SCORES: readonly LogProbOutput[] = ["entropy", "mean_logits", "is_top1"];

/** TRL from 1.15 on: its head gives log-probabilities of completions, and no logits. */
export const fusedPairs: PairForward = {
  run: ({ batch, forward, model, ofPolicy, isCopy = false }) => {
    const labels = ofPolicy?.["labels"] ?? bind(completionLabels(batch));
    const inputs = { input_ids: columnOf(batch, "input_ids"), labels };
    const outputs = scoredForward({ forward, model, scores: isCopy ? [] : SCORES }, inputs);
    const { log_probs } = outputs;
    const sums = inLogits(log_probs, () => perSequence(recordedSlice(log_probs, log_probs.shape)));
    return { ...sums, ...(ofPolicy === null && { labels }), ...outputs };
  },
  report: (ofPolicy) => {
    const entropy = outputOf(ofPolicy, "entropy");
    const mask = outputOf(ofPolicy, "mask");
    const masked = compute({ name: "mul", shape: entropy.shape, dtype: "fp32" }, entropy, mask);
    drop(compute({ name: "sum", shape: shapeOf(1), dtype: "fp32" }, masked));
  },
};
