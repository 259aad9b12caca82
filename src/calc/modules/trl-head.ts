import type { LossPath } from "#calc/model/scenario.ts";
import { chunkedLogProb, type LogProbOutput, type LogProbs } from "#calc/tape/ops/chunked-logprob.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { maskedRows, scatterMasked } from "#calc/tape/ops/masked-rows.ts";
import { divideByCount } from "#calc/tape/ops/quotient.ts";
import { sumExpanded } from "#calc/tape/ops/sum.ts";
import { negate } from "#calc/tape/ops/unary.ts";
import { slice } from "#calc/tape/ops/view.ts";
import { bind, bindAll, scoped } from "#calc/tape/scope.ts";
import { lastDim, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { inLogits } from "./causal-lm-loss.ts";
import type { LoadedLinear } from "./loaded.ts";

/** `FusedCausalLMOutput`: the loss, log-probabilities of all positions [b, s−1], what else was asked for, and last the mask of labels. */
export type FusedOutputs = readonly [loss: Tensor, log_probs: Tensor, ...others: Tensor[]];

/** Whether a loss is TRL's head, from 1.15 on. */
export const isTrlHead = (loss: LossPath): loss is Extract<LossPath, { kind: "fused" }> & { kernel: "trl" } =>
  loss.kind === "fused" && loss.kernel === "trl";

const ONE = shapeOf(1);

/** `-log_probs.sum() / mask.sum().clamp(min=1)` */
const meanLoss = (log_probs: Tensor, mask: Tensor): Tensor => {
  const negative = negate(sumExpanded(log_probs, ONE));
  const count = compute(
    { name: "clamp", shape: ONE, dtype: "int64" },
    compute({ name: "sum", shape: ONE, dtype: "int64" }, mask),
  );
  return divideByCount(negative, count);
};

/** What the kernel gave for each scored token, among zeros. The tuple of its results is there until all are scattered. */
const inTheirPlaces = ({ logProbabilities, outputs }: LogProbs, mask: Tensor): readonly [Tensor, ...Tensor[]] =>
  scoped(mask.tape, () => {
    bindAll([logProbabilities, ...outputs]);
    return [scatterMasked(logProbabilities, mask), ...outputs.map((each) => scatterMasked(each, mask))] as const;
  });

/**
 * The forward that TRL's `add_fused_lm_head` gives a model, from the last hidden state on, which the caller holds: the hidden states of the scored tokens go through
 * the head in tiles, and what the kernel gives for each is scattered among zeros.
 *
 * @see trl 1.16, trainer/utils.py, `add_fused_lm_head`
 */
export const trlHead = (
  { hidden, labels }: Readonly<{ hidden: Tensor; labels: Tensor }>,
  head: LoadedLinear,
  asked: readonly LogProbOutput[],
): FusedOutputs =>
  scoped(hidden.tape, () =>
    inLogits(hidden, () => {
      const predicting = bind(slice(hidden, shapeOf("b", "s-1", lastDim(hidden.shape))));
      const predicted = bind(slice(labels, shapeOf("b", "s-1")));
      const mask = bind(compute({ name: "ne", shape: predicted.shape, dtype: "bool" }, predicted));
      const scored = {
        hidden: maskedRows(predicting, mask, shapeOf("n", lastDim(hidden.shape))),
        targets: maskedRows(predicted, mask, shapeOf("n")),
        weight: head.weight,
        shape: head.dequantized ?? head.weight.shape,
      };
      const [log_probs, ...others] = bindAll(inTheirPlaces(chunkedLogProb(scored, asked), mask));
      return [bind(meanLoss(log_probs, mask)), log_probs, ...others, mask] as const;
    }),
  );
