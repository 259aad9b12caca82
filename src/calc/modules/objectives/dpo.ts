// TRL's direct preference optimization (DPO), from TRL 1.6 on.

import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import { columnOf, outputOf, type Column, type Objective, type Pass } from "./objective.ts";
import type { LogProbOutput } from "#calc/tape/ops/head-kernels.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { recordedSlice } from "#calc/tape/ops/views.ts";
import { bind } from "#calc/tape/scope.ts";
import { shapeOf, lastDim } from "#calc/tape/ledger/shape.ts";
import { drop } from "#calc/tape/tensor.ts";
import {
  completionLabels,
  type PairForward,
  perSequence,
  scoredForward,
  logitsForward,
  lossForBackward,
  pairShape,
  referenceOf,
} from "./trl-trainers.ts";
import { allocateEntropy, selectiveLogSoftmax } from "#calc/tape/ops/log-softmax.ts";
import { zeroMasked } from "#calc/tape/ops/indexing.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import { isTrlHead } from "#calc/modules/trl-head.ts";
import { withRecording } from "#calc/tape/autograd.ts";
import { enterLayer } from "#calc/tape/segments.ts";
import { pairLoss } from "./pair-loss.ts";
import { dpoOfTrl024 } from "./older-dpo.ts";

/** What the trainer asks its own model's head for; that of a copy gives log-probabilities alone. @see trl 1.16, trainer/dpo_trainer.py, `add_fused_lm_head` */
const SCORES: readonly LogProbOutput[] = ["entropy", "mean_logits", "is_top1"];

/** TRL from 1.15 on: its head gives log-probabilities of completions, and no logits. */
const fusedPairs: PairForward = {
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
    const masked = withoutGraph({ name: "mul", shape: entropy.shape, dtype: "fp32" }, entropy, mask);
    drop(withoutGraph({ name: "sum", shape: shapeOf(1), dtype: "fp32" }, masked));
  },
};

/** TRL 1.6 to 1.14: whole logits, and log-probabilities of the tokens that follow, row by row. */
const wholePairs: PairForward = {
  run: ({ batch, forward, model }) => {
    const input_ids = columnOf(batch, "input_ids");
    const logits = logitsForward({ forward, model }, input_ids);
    return inLogits(logits, () => {
      const shift_logits = bind(recordedSlice(logits, shapeOf("b", "s-1", lastDim(logits.shape))));
      const per_token_logps = selectiveLogSoftmax(shift_logits, input_ids);
      const isPrompt = withoutGraph(
        { name: "eq", shape: shapeOf("b", "s-1"), dtype: "bool" },
        columnOf(batch, "completion_mask"),
      );
      const scored = bind(zeroMasked(per_token_logps, isPrompt));
      return { logits, shift_logits, scored, ...perSequence(scored) };
    });
  },
  report: (ofPolicy) => allocateEntropy(outputOf(ofPolicy, "shift_logits"), "earlier pieces"),
};

const columns = ({ reference: held }: StepOptions): readonly Column[] => [
  ...["input_ids", "attention_mask", "completion_mask"].map((name): Column => ({
    name,
    shape: shapeOf("b", "s"),
    dtype: "int64",
  })),
  ...(held === "precomputed" ? ["ref_chosen_logps", "ref_rejected_logps"] : []).map((name): Column => ({
    name,
    shape: pairShape(),
    dtype: "fp32",
  })),
];

/** TRL's head, or whole logits as before 1.15. */
const forwardOf = ({ loss }: StepOptions): PairForward => (isTrlHead(loss) ? fusedPairs : wholePairs);

const policy: Pass = {
  id: "policy",
  moment: null,
  run: ({ forward, model, batch }) => forwardOf(model.options).run({ forward, model, batch, ofPolicy: null }),
};

const reference: Pass = {
  id: "reference",
  moment: "forward",
  ofReference: true,
  run: (running, [ofPolicy = {}]) => {
    const { model, batch } = running;
    const { tape, options } = model;
    if (options.reference === "precomputed") {
      enterLayer(tape, model.layers.length);
      return {};
    }
    const held = referenceOf(running);
    return withRecording(tape.autograd, false, () =>
      forwardOf(options).run({ ...held, batch, ofPolicy, isCopy: running.copy !== null }),
    );
  },
};

/**
 * Direct preference optimisation of TRL, with the sigmoid loss: the policy's forward over chosen and rejected rows, the reference's, and a loss of
 * their differences. The policy's graph is there while the reference runs.
 *
 * @see trl 1.16 and 1.8, trainer/dpo_trainer.py, `_compute_loss`
 */
export const dpo: Objective = {
  withoutDropout: true,
  older: { "trl-0.24": dpoOfTrl024 },
  columns,
  passes: [policy, reference],
  loss: ([ofPolicy = {}, ofReference = {}], { model }) =>
    inLogits(outputOf(ofPolicy, "logps"), () => {
      const { chosen = null, rejected = null } = ofReference;
      const loss = pairLoss(
        ofPolicy,
        { chosen, rejected },
        { report: () => forwardOf(model.options).report(ofPolicy) },
      );
      return lossForBackward(loss, ofPolicy, ofReference);
    }),
};
