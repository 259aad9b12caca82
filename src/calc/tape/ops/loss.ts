import { consume, drop, fresh, freshBy } from "#calc/tape/tensor.ts";
import { record, save, startNode, attach } from "#calc/tape/record.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { likeInput } from "./backwards.ts";

/** `log_softmax`: saves its result. */
export const logSoftmax = (x: Tensor): Tensor =>
  record({
    name: "log_softmax",
    inputs: [x],
    shape: x.shape,
    dtype: x.dtype,
    savesOutput: true,
    backward: likeInput,
  });

/** `nll_loss`: saves the log-probabilities, the targets and the total weight; its gradient is full size. */
export const nllLoss = (logProbabilities: Tensor, targets: Tensor): Tensor => {
  const { tape, shape, dtype } = logProbabilities;
  const node = startNode("nll_loss", [logProbabilities], () => [fresh(tape, shape, dtype)]);
  if (node !== null) for (const saved of [logProbabilities, targets]) save(node, saved);
  const loss = attach(freshBy(tape, { name: "nll_loss", shape: shapeOf(1), dtype }), node);
  const totalWeight = freshBy(tape, { name: "nll_loss", shape: shapeOf(1), dtype });
  if (node !== null) save(node, totalWeight);
  drop(totalWeight);
  consume(logProbabilities);
  return loss;
};
