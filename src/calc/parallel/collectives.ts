import { within } from "#calc/tape/recorder.ts";
import { consume, drop, fresh } from "#calc/tape/tensor.ts";
import { likeInput, passOn } from "#calc/tape/ops/backwards.ts";
import { arrived, attach, outputsOf, record, recordView, startNode } from "#calc/tape/record.ts";
import { lastDim, type Shape, shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** Each rank's part of a sum, summed: a new tensor (`funcol.all_reduce`); the gradient is everybody's. */
export const reduced = (x: Tensor): Tensor =>
  record({ name: "all-reduce", inputs: [x], shape: x.shape, dtype: x.dtype, backward: passOn });

/** What every rank has whole and uses a part of: the gradients, each rank's part of a sum, are summed into a new tensor. */
export const reducedInBackward = (x: Tensor): Tensor =>
  recordView(x, { name: "all-reduce", shape: x.shape, permuted: x.permuted, backward: likeInput });

/** All ranks' parts in one buffer, put in order in another. */
const gather = (x: Tensor, shape: Shape, dtype = x.dtype): Tensor => {
  const buffer = fresh(x.tape, shape, dtype);
  const whole = fresh(x.tape, shape, dtype);
  drop(buffer);
  return whole;
};

/** All ranks' parts put in order in one buffer, and a rank's share of their sum. */
const scatter = (x: Tensor, shape: Shape, dtype = x.dtype): Tensor => {
  const buffer = fresh(x.tape, x.shape, dtype);
  const [part] = outputsOf(x.tape, "reduce-scatter", () => [fresh(x.tape, shape, dtype)]) as [Tensor];
  drop(buffer);
  return part;
};

/** An operation whose output and gradient come with a buffer each. */
const communicated = (
  name: string,
  x: Tensor,
  run: Readonly<{ forward: () => Tensor; backward: (gradient: Tensor) => Tensor }>,
): Tensor => {
  const node = startNode(name, [x], (gradients) => [run.backward(arrived(gradients))]);
  const output = attach(within(x.tape.recorder, { op: name }, run.forward), node);
  consume(x);
  return output;
};

/** Columns of every rank side by side; of the gradient a rank copies its own. */
export const gatheredColumns = (x: Tensor, width: number): Tensor =>
  communicated("all-gather", x, {
    forward: () => gather(x, withLast(x.shape, width)),
    backward: ({ dtype }) => fresh(x.tape, x.shape, dtype),
  });

/** A rank's share of the rows of a sequence, as [b, s, 1/N, h]. */
const shareOf = ({ shape }: Tensor, ranks: number): Shape => shapeOf("b", "s", 1 / ranks, lastDim(shape));

/** Rows of every rank after each other; the gradients are summed and shared out. */
export const gatheredRows = (x: Tensor): Tensor => {
  const shape = shapeOf("b", "s", lastDim(x.shape));
  return communicated("all-gather", x, {
    forward: () => gather(x, shape),
    backward: (gradient) => scatter(gradient, x.shape),
  });
};

/** Each rank's part of a sum, summed and shared out by rows; the gradient is gathered. */
export const scatteredRows = (x: Tensor, ranks: number): Tensor =>
  communicated("reduce-scatter", x, {
    forward: () => scatter(x, shareOf(x, ranks)),
    backward: (gradient) => gather(gradient, x.shape),
  });

/** A rank's own columns of what all have, copied; the gradients of all are gathered. */
export const splitColumns = (x: Tensor, width: number): Tensor =>
  communicated("split", x, {
    forward: () => fresh(x.tape, withLast(x.shape, width), x.dtype),
    backward: (gradient) => gather(gradient, x.shape),
  });
