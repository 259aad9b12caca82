// TRL's fused head for log-probabilities, and how many tokens have logits at once with each loss.

import type { LossPath } from "#calc/model/scenario.ts";
import { chunkedLogProb, type LogProbs, type LogProbOutput } from "#calc/tape/ops/head-kernels.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { maskedRows, scatterMasked } from "#calc/tape/ops/indexing.ts";
import { divideByCount } from "#calc/tape/ops/arithmetic.ts";
import { sumExpanded } from "#calc/tape/ops/reductions.ts";
import { negate } from "#calc/tape/ops/unary.ts";
import { flatRows, slice, view } from "#calc/tape/ops/views.ts";
import { maskedFill } from "#calc/tape/ops/selection.ts";
import { bind, bindAll, scoped } from "#calc/tape/scope.ts";
import { lastDim, shapeOf, ONE } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { inLogits } from "./causal-lm-loss.ts";
import type { LoadedLinear } from "./loaded-modules.ts";

/** `FusedCausalLMOutput`: the loss, log-probabilities of all positions [b, s−1], what else was asked for, and last the mask of labels. */
type FusedOutputs = readonly [loss: Tensor, log_probs: Tensor, ...others: Tensor[]];

/** The loss that is TRL's head. */
export type TrlHead = Extract<LossPath, { kernel: "trl" }>;

/** Whether a loss is TRL's head, from 1.15 on. */
export const isTrlHead = (loss: LossPath): loss is TrlHead => loss.kind === "fused" && loss.kernel === "trl";

/** `-log_probs.sum() / mask.sum().clamp(min=1)` */
const meanLoss = (log_probs: Tensor, mask: Tensor): Tensor => {
  const negative = negate(sumExpanded(log_probs, ONE));
  const count = withoutGraph(
    { name: "clamp", shape: ONE, dtype: "int64" },
    withoutGraph({ name: "sum", shape: ONE, dtype: "int64" }, mask),
  );
  return divideByCount(negative, count);
};

/** Hidden states of all positions but a row's last, labels of all but its first, and which of these count. */
type Predicting = Readonly<{ predicting: Tensor; predicted: Tensor; mask: Tensor }>;

/** What goes into the kernel: rows that the mask keeps; without Triton all of them, and 0 for labels that do not count. */
const taken = (
  { predicting, predicted, mask }: Predicting,
  { withoutTriton }: TrlHead,
): Readonly<{ hidden: Tensor; targets: Tensor }> => {
  if (withoutTriton)
    return {
      hidden: flatRows(predicting),
      targets: withoutGraph({ name: "clamp", shape: predicted.shape, dtype: "int64" }, predicted),
    };
  return {
    hidden: maskedRows(predicting, mask, shapeOf("n", lastDim(predicting.shape))),
    targets: maskedRows(predicted, mask, shapeOf("n")),
  };
};

/** `x.view(mask.shape).masked_fill(~mask, 0)` */
const maskedAll = (x: Tensor, mask: Tensor): Tensor =>
  maskedFill(view(x, mask.shape), withoutGraph({ name: "bitwise_not", shape: mask.shape, dtype: "bool" }, mask));

/** What the kernel gave for each token, in its place: among zeros, or with zeros where labels do not count. The tuple of its results is there until all are. */
const inTheirPlaces = (
  { logProbabilities, outputs }: LogProbs,
  mask: Tensor,
  { withoutTriton }: TrlHead,
): readonly [Tensor, ...Tensor[]] =>
  scoped(mask.tape, () => {
    bindAll([logProbabilities, ...outputs]);
    const place = (x: Tensor): Tensor => (withoutTriton ? maskedAll(x, mask) : scatterMasked(x, mask));
    return [place(logProbabilities), ...outputs.map(place)] as const;
  });

/** What a head takes, and its parameters; `capped`: its logits go through `tanh`. */
type Headed = Readonly<{ hidden: Tensor; labels: Tensor; head: LoadedLinear; capped: boolean }>;

/**
 * The forward that TRL's `add_fused_lm_head` gives a model, from the last hidden state on, which the caller holds: the hidden states of the scored tokens go through
 * the head in tiles, and what the kernel gives for each is scattered among zeros. Without Triton all tokens go through it.
 *
 * @see trl 1.16, trainer/utils.py, `add_fused_lm_head`
 */
export const trlHead = (
  { hidden, labels, head, capped }: Headed,
  loss: TrlHead,
  asked: readonly LogProbOutput[],
): FusedOutputs =>
  scoped(hidden.tape, () =>
    inLogits(hidden, () => {
      const predicting = bind(slice(hidden, shapeOf("b", "s-1", lastDim(hidden.shape))));
      const predicted = bind(slice(labels, shapeOf("b", "s-1")));
      const mask = bind(withoutGraph({ name: "ne", shape: predicted.shape, dtype: "bool" }, predicted));
      const scored = {
        ...taken({ predicting, predicted, mask }, loss),
        weight: head.weight,
        shape: head.dequantized ?? head.weight.shape,
        ...(loss.withoutTriton && { inTorch: { capped } }),
      };
      const [log_probs, ...others] = bindAll(inTheirPlaces(chunkedLogProb(scored, asked), mask, loss));
      return [bind(meanLoss(log_probs, mask)), log_probs, ...others, mask] as const;
    }),
  );
