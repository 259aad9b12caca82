// Collectives on the tape: all-reduce, all-gather, reduce-scatter and splits, with their backward.

import { withMarks } from "#calc/tape/recorder.ts";
import { consume, drop, fresh } from "#calc/tape/tensor.ts";
import {
  likeInput,
  passOn,
  arrivedGradient,
  attach,
  outputsOf,
  record,
  recordView,
  startNode,
} from "#calc/tape/operation.ts";
import { lastDim, type Shape, shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** All-reduces the ranks' parts of a sum into a new tensor (`funcol.all_reduce`). Each rank's gradient is the whole gradient, unchanged. */
export const reduced = (x: Tensor): Tensor =>
  record({ name: "all-reduce", inputs: [x], shape: x.shape, dtype: x.dtype, backward: passOn });

/** A tensor that every rank has whole and uses a part of. In backward the ranks' gradients are all-reduced into a new tensor. */
export const reducedInBackward = (x: Tensor): Tensor =>
  recordView(x, { name: "all-reduce", shape: x.shape, permuted: x.permuted, backward: likeInput });

/** All-gather: a buffer receives the parts of all ranks, and a second one holds them in order. */
const gather = (x: Tensor, shape: Shape, dtype = x.dtype): Tensor => {
  const buffer = fresh(x.tape, shape, dtype);
  const whole = fresh(x.tape, shape, dtype);
  drop(buffer);
  return whole;
};

/** Reduce-scatter: a buffer holds this rank's values in the order of ranks; the result is its share of the sum. */
const scatter = (x: Tensor, shape: Shape, dtype = x.dtype): Tensor => {
  const buffer = fresh(x.tape, x.shape, dtype);
  const [part] = outputsOf(x.tape, "reduce-scatter", () => [fresh(x.tape, shape, dtype)]) as [Tensor];
  drop(buffer);
  return part;
};

/** An operation with a collective in forward or in backward. Each runs as one function, with its own buffers. */
const communicated = (
  name: string,
  x: Tensor,
  run: Readonly<{ forward: () => Tensor; backward: (gradient: Tensor) => Tensor }>,
): Tensor => {
  const node = startNode(name, [x], (gradients) => [run.backward(arrivedGradient(gradients))]);
  const output = attach(withMarks(x.tape.recorder, { op: name }, run.forward), node);
  consume(x);
  return output;
};

/** All-gathers columns: those of all ranks side by side. In backward a rank copies its own columns of the gradient. */
export const gatheredColumns = (x: Tensor, width: number): Tensor =>
  communicated("all-gather", x, {
    forward: () => gather(x, withLast(x.shape, width)),
    backward: ({ dtype }) => fresh(x.tape, x.shape, dtype),
  });

/** The shape of a rank's share of the rows of a sequence: [b, s, 1/N, h]. */
const shareOf = ({ shape }: Tensor, ranks: number): Shape => shapeOf("b", "s", 1 / ranks, lastDim(shape));

/** All-gathers rows: those of all ranks one after the other. In backward the gradients are reduce-scattered. */
export const gatheredRows = (x: Tensor): Tensor => {
  const shape = shapeOf("b", "s", lastDim(x.shape));
  return communicated("all-gather", x, {
    forward: () => gather(x, shape),
    backward: (gradient) => scatter(gradient, x.shape),
  });
};

/** Reduce-scatters the ranks' parts of a sum: each gets its rows. In backward the gradient is all-gathered. */
export const scatteredRows = (x: Tensor, ranks: number): Tensor =>
  communicated("reduce-scatter", x, {
    forward: () => scatter(x, shareOf(x, ranks)),
    backward: (gradient) => gather(gradient, x.shape),
  });

/** Copies a rank's own columns of a tensor that all ranks have whole. In backward the gradients of all ranks are all-gathered. */
export const splitColumns = (x: Tensor, width: number): Tensor =>
  communicated("split", x, {
    forward: () => fresh(x.tape, withLast(x.shape, width), x.dtype),
    backward: (gradient) => gather(gradient, x.shape),
  });

/** Copies a rank's share of the rows that all ranks have. In backward the gradients of all are all-gathered, into one tensor. */
export const ownRowsOf = (x: Tensor, ranks: number): Tensor => {
  const { dims } = x.shape;
  return communicated("split", x, {
    forward: () => fresh(x.tape, shapeOf(...dims.slice(0, -1), 1 / ranks, lastDim(x.shape)), x.dtype),
    backward: ({ tape, dtype }) => fresh(tape, x.shape, dtype),
  });
};

/** All-gathers the rows of all ranks into one tensor. In backward a rank copies its own rows of the gradient. */
export const rowsOfAll = (x: Tensor, shape: Shape): Tensor =>
  communicated("all-gather", x, {
    forward: () => fresh(x.tape, shape, x.dtype),
    backward: ({ tape, dtype }) => fresh(tape, x.shape, dtype),
  });
