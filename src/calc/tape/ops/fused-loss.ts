import { within } from "#calc/tape/recorder.ts";
import { aliasOf, consume, drop, fresh } from "#calc/tape/tensor.ts";
import type { Element } from "#calc/base/element.ts";
import { attach, save, startNode } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";

/** A tensor that a kernel makes. */
export type Made = Readonly<{ shape: Shape; dtype: Element }>;

/** The tensors that a loss kernel makes. */
export type FusedLoss = Readonly<{
  name: string;
  /** Scratch of forward, and of backward. */
  forward: readonly Made[];
  backward: readonly Made[];
  /** Tensors that it saves. `savesGradients`: they are the gradients of its inputs, made in forward. */
  saved: readonly Made[];
  savesGradients: boolean;
  /** Gradients that backward makes, in these dtypes, before they are cast to those of the inputs. */
  gradients: readonly Made[];
}>;

const makeAll = (tape: Tape, made: readonly Made[]): readonly Tensor[] =>
  made.map(({ shape, dtype }) => fresh(tape, shape, dtype));

/** A loss with a kernel of its own, as one node: it never has the logits of all tokens, or it writes their gradient over them. */
export const fusedLoss = (inputs: readonly [Tensor, ...Tensor[]], kernel: FusedLoss): Tensor => {
  const { tape } = inputs[0];
  const node = startNode(kernel.name, inputs, () => {
    makeAll(tape, kernel.backward);
    return kernel.savesGradients
      ? saved.map((tensor) => aliasOf(tensor, tensor.shape))
      : makeAll(tape, kernel.gradients);
  });
  const { saved, scratch, loss } = within(tape.recorder, { op: kernel.name }, () => ({
    saved: makeAll(tape, kernel.saved),
    scratch: makeAll(tape, kernel.forward),
    loss: attach(fresh(tape, shapeOf(1), "fp32"), node),
  }));
  if (node !== null) for (const tensor of saved) save(node, tensor);
  for (const tensor of [...scratch, ...saved]) drop(tensor);
  for (const input of inputs) consume(input);
  return loss;
};
