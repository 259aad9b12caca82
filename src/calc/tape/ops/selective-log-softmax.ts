import type { Dim } from "#calc/tape/ledger/dimension.ts";
import { type Shape, lastDim, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Element } from "#calc/base/element.ts";
import { arrived, attach, letGo, record, recordView, save, startNode } from "#calc/tape/record.ts";
import { aliasOf, drop, fresh, freshBy } from "#calc/tape/tensor.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { likeInput } from "./backwards.ts";
import { subtract } from "./difference.ts";

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
    const ofRows = fresh(tape, rows.shape, arrived(gradients).dtype);
    for (const gone of sums.slice(0, -1)) letGo(self, gone);
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
    work(rows, arrived(gradients).dtype, 2);
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
