import { assert } from "#calc/base/assert.ts";
import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import { type Batch, type Column, columnOf, type Objective, type Outputs, type Pass } from "#calc/modules/objective.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import { withRecording } from "#calc/tape/autograd.ts";
import { enterLayer } from "#calc/tape/enter-layer.ts";
import type { LogProbOutput } from "#calc/tape/ops/chunked-logprob.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { subtract } from "#calc/tape/ops/difference.ts";
import { logSigmoid } from "#calc/tape/ops/log-sigmoid.ts";
import { sumExpanded, sumTo } from "#calc/tape/ops/sum.ts";
import { addNumber, negate, scale } from "#calc/tape/ops/unary.ts";
import { recordedSlice, split } from "#calc/tape/ops/view.ts";
import { bind, bindAll, rebind, scoped, unname } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { drop } from "#calc/tape/tensor.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { referenceOf, scoredForward, type Scoring } from "./scored-forward.ts";

const ONE = shapeOf(1);

/** Of b rows the first half are chosen, the others rejected. */
const pairs = (): Tensor["shape"] => shapeOf("b", 1 / 2);

/** What the trainer asks a policy's head for; that of another model gives log-probabilities alone. @see trl 1.16, trainer/dpo_trainer.py, `add_fused_lm_head` */
const OF_POLICY: readonly LogProbOutput[] = ["entropy", "mean_logits", "is_top1"];

const columns = ({ reference: held }: StepOptions): readonly Column[] => [
  ...["input_ids", "attention_mask", "completion_mask"].map((name): Column => ({
    name,
    shape: shapeOf("b", "s"),
    dtype: "int64",
  })),
  ...(held === "precomputed" ? ["ref_chosen_logps", "ref_rejected_logps"] : []).map((name): Column => ({
    name,
    shape: pairs(),
    dtype: "fp32",
  })),
];

/** `input_ids.masked_fill(completion_mask == 0, -100)` */
const labelsOf = (batch: Batch): Tensor => {
  const input_ids = columnOf(batch, "input_ids");
  const { shape } = input_ids;
  const isPrompt = compute({ name: "eq", shape, dtype: "bool" }, columnOf(batch, "completion_mask"));
  return compute({ name: "masked_fill", shape, dtype: "int64" }, input_ids, isPrompt);
};

/** `log_probs[:, -seq_len:].sum(dim=1).chunk(2, dim=0)` */
const perSequence = (log_probs: Tensor): Outputs => {
  const logps = bind(sumExpanded(recordedSlice(log_probs, log_probs.shape), shapeOf("b")));
  const [chosen, rejected] = split(logps, [pairs(), pairs()]) as [Tensor, Tensor];
  return [logps, ...bindAll([chosen, rejected] as const)];
};

/** Log-probabilities of chosen and rejected rows, then what the head gave. */
const run = (batch: Batch, scoring: Scoring, labels: Tensor): Outputs => {
  const outputs = scoredForward(scoring, { input_ids: columnOf(batch, "input_ids"), labels });
  const [, log_probs] = outputs;
  return [...inLogits(log_probs, () => perSequence(log_probs)), ...outputs];
};

const policy: Pass = {
  id: "policy",
  moment: null,
  run: ({ forward, model, batch }) => {
    const labels = bind(labelsOf(batch));
    return [labels, ...run(batch, { forward, model, scores: OF_POLICY }, labels)];
  },
};

const reference: Pass = {
  id: "reference",
  moment: null,
  run: (running, [ofPolicy]) => {
    const [labels] = ofPolicy ?? [];
    assert(labels !== undefined, "the policy's pass has made labels");
    const { tape, options } = running.model;
    if (options.reference === "precomputed") {
      enterLayer(tape, running.model.layers.length);
      return [];
    }
    return withRecording(tape.autograd, false, () => run(running.batch, referenceOf(running, OF_POLICY), labels));
  },
};

/** What a pass holds for the loss. */
type Halves = Readonly<{ chosen: Tensor | null; rejected: Tensor | null }>;

/** `chosen_logps - ref_chosen_logps`; of numbers that came with the batch nothing is allocated but the difference. */
const ratio = (logps: Tensor, ref: Tensor | null): Tensor =>
  bind(ref === null ? addNumber(logps) : subtract(logps, ref));

/** `-F.logsigmoid(beta * delta).mean() * weight`, from 0 on. Other losses of pairs cost the same but for a few numbers a pair. */
const sigmoidLoss = (delta: Tensor): Tensor => {
  const per_sequence_loss = bind(negate(logSigmoid(scale(delta))));
  return bind(addNumber(scale(sumTo(per_sequence_loss, ONE))));
};

/** The entropy of completions, the largest of the metrics that a step reports. */
const reportEntropy = (entropy: Tensor, mask: Tensor): void => {
  const masked = compute({ name: "mul", shape: entropy.shape, dtype: "fp32" }, entropy, mask);
  drop(compute({ name: "sum", shape: ONE, dtype: "fp32" }, masked));
};

const lossOf = ([, , chosen, rejected, , , entropy, , , mask]: Outputs, ref: Halves): Tensor => {
  assert(chosen !== undefined && rejected !== undefined, "the policy has log-probabilities of pairs");
  assert(entropy !== undefined && mask !== undefined, "the policy's head gives entropy");
  return scoped(chosen.tape, () => {
    const chosen_logratios = ratio(chosen, ref.chosen);
    const rejected_logratios = ratio(rejected, ref.rejected);
    const loss = sigmoidLoss(bind(subtract(chosen_logratios, rejected_logratios)));
    reportEntropy(entropy, mask);
    return loss;
  });
};

/**
 * Direct preference optimisation of TRL 1.15 and later, with the sigmoid loss: the policy's forward over chosen and rejected rows, the reference's, and a loss of
 * their differences. The policy's graph is there while the reference runs.
 *
 * @see trl 1.16, trainer/dpo_trainer.py, `_compute_loss`; transformers 5.24, trainer.py, `training_step`; accelerate 1.15, accelerator.py, `backward`
 */
export const dpo: Objective = {
  withoutDropout: true,
  columns,
  passes: [policy, { ...reference, moment: "forward" }],
  loss: ([ofPolicy = [], ofReference = []]) => {
    const [first] = ofPolicy;
    assert(first !== undefined, "the policy's pass has outputs");
    return inLogits(first, () => {
      const [, chosen = null, rejected = null] = ofReference;
      const loss = bind(lossOf(ofPolicy, { chosen, rejected }));
      for (const output of [...ofPolicy, ...ofReference]) unname(output);
      return bind(scale(rebind(loss, scale(loss))));
    });
  },
};
