// Preference objectives without a reference model: ORPO, CPO and SimPO.

import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import { type Column, columnOf, type Objective, outputOf, type Outputs, type Running } from "./objective.ts";
import { withoutGraph, passOn, record } from "#calc/tape/operation.ts";
import { subtract, divideByCount, timesConstant } from "#calc/tape/ops/arithmetic.ts";
import { logProbEntropy } from "#calc/tape/ops/head-kernels.ts";
import { logSigmoid, negate, scale } from "#calc/tape/ops/unary.ts";
import { logSoftmax, nllLoss } from "#calc/tape/ops/log-softmax.ts";
import { sumExpanded, sumTo } from "#calc/tape/ops/reductions.ts";
import { recordedSlice } from "#calc/tape/ops/views.ts";
import { bind, bindAll, rebind, scoped } from "#calc/tape/scope.ts";
import type { Dim } from "#calc/tape/ledger/dimension.ts";
import { lastDim, type Shape, shapeOf, ONE } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { lossForBackward, logitsForward, pairShape } from "./trl-trainers.ts";

/** Of the rows of a forward, those that are chosen. */
const chosenRows = (...rest: readonly Dim[]): Shape => shapeOf("b", 1 / 2, ...rest);

/** Chosen and rejected rows, each with its prompt and padded by itself, and prompts alone. */
const columns = (): readonly Column[] =>
  (
    [
      ["chosen", ["input_ids", "attention_mask", "labels"]],
      ["rejected", ["input_ids", "attention_mask", "labels"]],
      ["prompt", ["input_ids", "attention_mask"]],
    ] as const
  ).flatMap(([side, names]) =>
    names.map((name): Column => ({ name: `${side}_${name}`, shape: chosenRows(side), dtype: "int64" })),
  );

/** `concatenated_inputs`: both sides as one batch, padded to the longer. */
const concatenated = ({ batch }: Running): readonly [input_ids: Tensor, attention_mask: Tensor, labels: Tensor] => {
  const both = (name: string): Tensor =>
    withoutGraph(
      { name: "cat", shape: shapeOf("b", "s"), dtype: "int64" },
      columnOf(batch, `chosen_${name}`),
      columnOf(batch, `rejected_${name}`),
    );
  return bindAll([both("input_ids"), both("attention_mask"), both("labels")] as const);
};

/** `cross_entropy_loss(all_logits[:len_chosen], labels[:len_chosen])`: of one pair the shifted logits are a view, of several a copy. */
const chosenNll = (logits: Tensor, labels: Tensor): Tensor => {
  const width = lastDim(logits.shape);
  const chosen = recordedSlice(logits, chosenRows("s", width));
  return scoped(logits.tape, () => {
    const isOnePair = logits.tape.policies.singlePair === true;
    const shape = chosenRows("s-1", width);
    const shifted = recordedSlice(chosen, shape);
    const shift_logits = bind(
      isOnePair
        ? shifted
        : record({ name: "contiguous", inputs: [shifted], shape, dtype: logits.dtype, backward: passOn }),
    );
    const targets = isOnePair
      ? labels
      : bind(withoutGraph({ name: "contiguous", shape: chosenRows("s-1"), dtype: "int64" }, labels));
    return nllLoss(logSoftmax(shift_logits), targets);
  });
};

/** `get_batch_logps`: the mean or the sum of each row's log-probabilities. */
const batchLogps = (logits: Tensor, concatenated_labels: Tensor): Tensor =>
  scoped(logits.tape, () => {
    const shape = shapeOf("b", "s-1");
    const labels = bind(withoutGraph({ name: "clone", shape, dtype: "int64" }, concatenated_labels));
    const shifted = bind(recordedSlice(logits, shapeOf("b", "s-1", lastDim(logits.shape))));
    const loss_mask = bind(withoutGraph({ name: "ne", shape, dtype: "bool" }, labels));
    const index = rebind(labels, withoutGraph({ name: "where", shape, dtype: "int64" }, labels));
    const per_token_logps = bind(logProbEntropy(shifted, index));
    const sum = sumExpanded(timesConstant(per_token_logps, loss_mask), shapeOf("b"));
    return divideByCount(sum, withoutGraph({ name: "sum", shape: shapeOf("b"), dtype: "int64" }, loss_mask));
  });

const policyOf =
  (hasNll: boolean) =>
  (running: Running): Outputs => {
    const [input_ids, attention_mask, concatenated_labels] = concatenated(running);
    const logits = logitsForward(running, input_ids);
    return inLogits(logits, () => {
      const labels = bind(
        withoutGraph({ name: "clone", shape: shapeOf("b", "s"), dtype: "int64" }, concatenated_labels),
      );
      // Where nobody asks for it, the number 0 stands in its place.
      const nll = bind(
        hasNll ? chosenNll(logits, labels) : withoutGraph({ name: "tensor", shape: ONE, dtype: "fp32" }, labels),
      );
      const logps = bind(batchLogps(logits, concatenated_labels));
      const sides = bindAll([recordedSlice(logps, pairShape()), recordedSlice(logps, pairShape())] as const);
      const [chosen, rejected] = sides;
      return { chosen, rejected, nll, logps, logits, labels, input_ids, attention_mask, concatenated_labels };
    });
  };

const lossOf = (ofPolicy: Outputs): Tensor => {
  const chosen = outputOf(ofPolicy, "chosen");
  const rejected = outputOf(ofPolicy, "rejected");
  const nll = outputOf(ofPolicy, "nll");
  return scoped(chosen.tape, () => {
    // Odds, margins and rewards are a dozen numbers a pair, which nothing is highest with.
    const losses = bind(negate(logSigmoid(scale(bind(subtract(chosen, rejected))))));
    return bind(subtract(nll, sumTo(losses, ONE)));
  });
};

/**
 * Objectives of pairs without a reference, over whole logits in every version of TRL: the policy's forward over chosen and rejected rows, log-probabilities of
 * each, and beside them the plain loss of the chosen ones.
 */
const withoutReference = (hasNll: boolean): Objective => ({
  withoutDropout: true,
  columns,
  passes: [{ id: "policy", moment: "forward", run: policyOf(hasNll) }],
  loss: ([ofPolicy = {}]) => inLogits(outputOf(ofPolicy, "logps"), () => lossForBackward(lossOf(ofPolicy), ofPolicy)),
});

/** @see trl 1.16, experimental/orpo/orpo_trainer.py, `concatenated_forward`, `odds_ratio_loss`, `get_batch_logps` */
export const orpo = withoutReference(true);
/** With `cpo_alpha` above 0. @see trl 1.16, experimental/cpo/cpo_trainer.py, `concatenated_forward`, `cpo_loss` */
export const cpo = withoutReference(true);
/** CPO with `loss_type="simpo"` and `cpo_alpha=0`. */
export const simpo = withoutReference(false);
