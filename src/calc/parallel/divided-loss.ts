import { within } from "#calc/tape/recorder.ts";
import { consume, drop, fresh } from "#calc/tape/tensor.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { inLogits, paddedLabels } from "#calc/modules/causal-lm-loss.ts";
import type { Element } from "#calc/base/element.ts";
import { to } from "#calc/tape/ops/to.ts";
import { attach, save, startNode } from "#calc/tape/record.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** Makes fp32 tensors of the logits' size, of one number a token, and of one number. */
const makers = ({ tape, shape }: Tensor) => ({
  large: (): Tensor => fresh(tape, shape, "fp32"),
  small: (dtype: Element = "fp32"): Tensor => fresh(tape, shapeOf("b", "s"), dtype),
  number: (): Tensor => fresh(tape, shapeOf(1), "fp32"),
});

/** `_log_softmax`. Ranks reduce two numbers a token: the largest logit, and the sum of exponentials. Shifted logits and their exponentials are temporary. */
const logSoftmax = (logits: Tensor): Tensor => {
  const { large, small } = makers(logits);
  const reducedOverRanks = (own: Tensor): Tensor => {
    const all = small();
    drop(own);
    return all;
  };
  const largest = reducedOverRanks(small());
  const shifted = large();
  const exponentials = large();
  const own = small();
  drop(exponentials);
  const sum = reducedOverRanks(own);
  const logSum = small();
  const result = large();
  [shifted, largest, sum, logSum].forEach(drop);
  return result;
};

/** `_nll_loss_and_log_softmax_backward`: the gradient from two tensors of the logits' size, the probabilities and zeros with a mark at each target. */
const backward = (logits: Tensor): Tensor => {
  const { large, small } = makers(logits);
  const target = small("int64");
  const marked = large();
  const rest = [small("bool"), small("int64"), small(), small("int64"), small()];
  const probabilities = large();
  const sum = large();
  drop(probabilities);
  const gradient = large();
  [target, marked, ...rest, sum].forEach(drop);
  return gradient;
};

/**
 * `F.cross_entropy` under `loss_parallel`, of a rank's V/N columns of the fp32 logits. Ranks exchange one number a token. For each of the T × V/N logits it
 * saves a log-probability (4 B). Beside the logits as they came, forward's highest point has 12 B a logit, and backward's 16 B.
 *
 * @see torch/distributed/tensor/parallel/loss.py (PyTorch 2.13)
 */
const crossEntropy = (logits: Tensor, labels: Tensor): Tensor => {
  const { tape } = logits;
  const node = startNode("cross_entropy", [logits], () => [backward(logits)]);
  const { number } = makers(logits);
  const [result, totalWeight, made] = within(tape.recorder, { op: "cross_entropy" }, () => [
    logSoftmax(logits),
    number(),
    number(),
  ]);
  const loss = attach(made, node);
  if (node !== null) for (const saved of [result, labels, totalWeight]) save(node, saved);
  [result, totalWeight].forEach(drop);
  consume(logits);
  return loss;
};

/** @see torchtitan 0.1, components/loss.py, `cross_entropy_loss`: logits in fp32; transformers 5.24, loss/loss_utils.py: labels padded by one */
const lossOfDivided = (logits: Tensor, labels: Tensor): Tensor =>
  scoped(logits.tape, () =>
    inLogits(logits, () => {
      const upcast = bind(to(logits, "fp32"));
      return crossEntropy(upcast, bind(paddedLabels(labels)));
    }),
  );

/** A forward pass whose loss takes divided logits instead of whole ones. */
export const withDividedLoss = (forward: Forward): Forward => ({
  ...forward,
  loss: (options) => (options.loss.kind === "full" ? lossOfDivided : forward.loss?.(options)),
});
