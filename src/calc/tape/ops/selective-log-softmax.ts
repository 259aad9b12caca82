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

/** What is scored of a row: all predictions of its tokens, or those of its completion; and what is kept of each in a tensor of a row's own. */
const SCORED = { s: "whole row sums", "s-1": "row sums", k: "completion sums" } as const;
type ScoredPart = keyof typeof SCORED;

const partOf = ({ shape }: Tensor): ScoredPart => {
  const [, positions] = shape.dims;
  return positions === "k" || positions === "s" ? positions : "s-1";
};

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

/** What is kept of so many rows: of pairs in two parts, of which the first is gone when the last row's gradient is made. */
const sumsOf = (rows: Tensor): readonly Shape[] => {
  const sums = SCORED[partOf(rows)];
  return sums === "completion sums" ? [shapeOf("b", sums)] : [0, 1].map(() => shapeOf("b", 1 / 2, sums));
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
  const sums = sumsOf(rows).map(make);
  work(rows, dtype, 1);
  if (node !== null) for (const saved of [rows, ...sums]) save(node, saved);
  const stacked = attach(make(shape), node);
  for (const used of [...sums, rows]) drop(used);
  return stacked;
};

/**
 * `torch.stack([F.log_softmax(row, -1).gather(-1, index) for row in rows])`: each row's result is kept (counted as one, less than a block a row below what they take). In backward each row's gradient comes, beside zeros, and its
 * result goes: the gradients have the place of the results.
 */
const stackedLogSoftmax = (rows: Tensor, index: Tensor, shape: Shape): Tensor => {
  const { tape, dtype } = rows;
  const make = (): Tensor => freshBy(tape, { name: "stack", shape, dtype });
  if (rows.node === null || !tape.autograd.recording) {
    // Without a graph the last row's result is there until the next one is.
    work(rows, dtype, tape.policies.singleRow ? 1 : 2);
    drop(rows);
    return make();
  }
  const made = freshBy(tape, { name: "log_softmax", shape: rows.shape, dtype });
  const node = startNode("log_softmax", [rows], (gradients) => {
    work(rows, arrived(gradients).dtype, 2);
    return [aliasOf(made, rows.shape)];
  });
  if (node !== null) for (const saved of [made, index]) save(node, saved);
  const stacked = attach(make(), node);
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
