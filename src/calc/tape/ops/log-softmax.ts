// Log-softmax and what is made from it: NLL loss, TRL's selective log-softmax, entropy, mixtures.

import { consume, drop, fresh, freshBy, aliasOf } from "#calc/tape/tensor.ts";
import {
  record,
  save,
  startNode,
  attach,
  arrivedGradient,
  unsave,
  recordView,
  likeInput,
} from "#calc/tape/operation.ts";
import { shapeOf, type Shape, lastDim } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Dim } from "#calc/tape/ledger/dimension.ts";
import type { Element } from "#calc/base/dtypes.ts";
import { subtract } from "./arithmetic.ts";
import { catAll } from "./views.ts";

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

/** `torch.gather(logits, -1, index)`: saves both. Backward adds into zeros of the logits' shape. */
const gathered = (logits: Tensor, index: Tensor, shape: Shape): Tensor =>
  record({ name: "gather", inputs: [logits], shape, dtype: logits.dtype, saves: [logits, index], backward: likeInput });

/** What is scored of a row: all its positions, all predictions of its tokens, or those of its completion. */
const partOf = ({ shape }: Tensor): Dim => shape.dims[1] ?? 1;

/** One row of the batch. */
const rowOf = (logits: Tensor): Shape => shapeOf(partOf(logits), lastDim(logits.shape));

/** `for row in logits`: views; backward puts the gradients of all rows side by side in a new tensor. */
const rowsOf = (logits: Tensor): Tensor =>
  recordView(logits, { name: "unbind", shape: logits.shape, permuted: false, backward: likeInput });

/** Makes so many tensors of a row's size, which go again. */
const work = (logits: Tensor, dtype: Element, count: number): void => {
  const made = Array.from({ length: count }, () => freshBy(logits.tape, { name: "row", shape: rowOf(logits), dtype }));
  made.forEach(drop);
};

/**
 * `torch.stack([torch.logsumexp(row, -1) for row in rows])`: each row works on a copy of itself, and keeps its sums. Backward makes each gradient from two more
 * copies; sums go row by row.
 */
const stackedLogSumExp = (rows: Tensor, shape: Shape): Tensor => {
  const { tape, dtype } = rows;
  const node = startNode("logsumexp", [rows], (gradients, self) => {
    const ofRows = fresh(tape, rows.shape, arrivedGradient(gradients).dtype);
    for (const gone of sums.slice(0, -1)) unsave(self, gone);
    work(rows, ofRows.dtype, 2);
    return [ofRows];
  });
  const make = (of: Shape): Tensor => freshBy(tape, { name: "logsumexp", shape: of, dtype });
  // Those of all rows but the last are gone when the last row's gradient is made.
  const part = partOf(rows);
  const sums = [shapeOf("each other row", part), shapeOf(part)].map(make);
  work(rows, dtype, 1);
  if (node !== null) for (const saved of [rows, ...sums]) save(node, saved);
  const stacked = attach(make(shape), node);
  for (const used of [...sums, rows]) drop(used);
  return stacked;
};

/** Numbers of 16-bit rows, and what they are made from: a graph keeps each row's log-probabilities; without one the last row's are there until the next one's are. */
const stackedNumbers = (rows: Tensor, shape: Shape): Tensor => {
  const { tape, dtype } = rows;
  const make = (...dims: readonly Dim[]): Tensor => freshBy(tape, { name: "gather", shape: shapeOf(...dims), dtype });
  const earlier = make("each other row", partOf(rows));
  if (!tape.autograd.recording) work(rows, dtype, tape.policies.singleRow ? 1 : 2);
  const last = make(partOf(rows));
  const stacked = freshBy(tape, { name: "stack", shape, dtype });
  for (const row of [earlier, last]) drop(row);
  return stacked;
};

/**
 * `torch.stack([F.log_softmax(row, -1).gather(-1, index) for row in rows])`: each row's result is kept. In backward each row's gradient comes, beside zeros, and its
 * result goes: the gradients have the place of the results.
 */
const stackedLogSoftmax = (rows: Tensor, index: Tensor, shape: Shape): Tensor => {
  const { tape, dtype } = rows;
  if (!tape.autograd.recording) {
    drop(rows);
    return stackedNumbers(rows, shape);
  }
  const ofRows = shapeOf("each row", partOf(rows), lastDim(rows.shape));
  const made = freshBy(tape, { name: "log_softmax", shape: ofRows, dtype });
  const node = startNode("log_softmax", [rows], (gradients) => {
    work(rows, arrivedGradient(gradients).dtype, 2);
    return [aliasOf(made, rows.shape)];
  });
  if (node !== null) for (const saved of [made, index]) save(node, saved);
  const stacked = attach(stackedNumbers(rows, shape), node);
  for (const used of [made, rows]) drop(used);
  return stacked;
};

/**
 * TRL's `selective_log_softmax` before it had a kernel: log-probabilities of given tokens from whole logits [b, s−1, V] or [b, k, V], which the caller holds, row by row. In
 * fp32 the logits are kept, in 16 bits each row's log-probabilities.
 *
 * @see trl 1.8, trainer/utils.py, `selective_log_softmax`
 */
export const selectiveLogSoftmax = (logits: Tensor, index: Tensor): Tensor => {
  const shape = shapeOf("b", partOf(logits));
  if (logits.dtype !== "fp32") return stackedLogSoftmax(rowsOf(logits), index, shape);
  return subtract(gathered(logits, index, shape), stackedLogSumExp(rowsOf(logits), shape));
};

/** Rows of logits whose entropy is taken at a time. @see trl 1.8, trainer/utils.py, `entropy_from_logits` */
const ENTROPY_ROWS = 128;

/**
 * `entropy_from_logits` without a graph, for what it takes: `reshape(-1, V)` copies logits that are part of others, unless they are one row; of each 128 rows there are log-probabilities,
 * their exponentials, and the product.
 *
 * @param earlier the numbers that earlier pieces have left
 */
export const allocateEntropy = (logits: Tensor, earlier: Dim): void => {
  const { tape, dtype, shape } = logits;
  const make = (...dims: readonly Dim[]): Tensor => freshBy(tape, { name: "entropy", shape: shapeOf(...dims), dtype });
  const copies = tape.policies.singleRow ? [] : [freshBy(tape, { name: "clone", shape, dtype })];
  const left = freshBy(tape, { name: "entropy", shape: shapeOf(earlier), dtype: "fp32" });
  const pieces = [0, 1, 2].map(() => make(ENTROPY_ROWS, lastDim(shape)));
  for (const temporary of [...pieces, left, ...copies]) drop(temporary);
};

/**
 * `torch.logsumexp(torch.stack([a, b]), dim=0)`, the logarithm of a mixture of two distributions: works on the differences from the larger one, saves the stack
 * and its result, both in the wider of the two types. Backward makes three tensors of the stack's size, and gives each of the two a view of the last.
 *
 * @see aten/src/ATen/native/ReduceOps.cpp, `logsumexp_out_impl`; tools/autograd/templates/FunctionsManual.cpp, `logsumexp_backward`
 */
export const logMixture = (a: Tensor, b: Tensor): Tensor => {
  const { tape, shape } = a;
  const both = catAll([a, b], shapeOf(2, ...shape.dims));
  const { dtype } = both;
  const make = (of: Shape): Tensor => freshBy(tape, { name: "logsumexp", shape: of, dtype });
  const node = startNode("logsumexp", [both], (gradients) => {
    const made = [0, 1, 2].map(() =>
      freshBy(tape, { name: "logsumexp backward", shape: both.shape, dtype: arrivedGradient(gradients).dtype }),
    );
    return made.slice(-1);
  });
  // On fake tensors the larger one of each is not seen.
  const work = [both.shape, ...(tape.policies.fakeTensors ? [] : [shape])].map(make);
  const mixture = attach(make(shape), node);
  work.forEach(drop);
  if (node !== null) for (const saved of [both, mixture]) save(node, saved);
  consume(both);
  return mixture;
};
