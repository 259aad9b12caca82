// Tensors on storages: made, aliased, dropped, and the nodes that they release.

import type { Element } from "#calc/base/dtypes.ts";
import type { AllocatedTermId } from "#calc/model/terms.ts";
import { allocate, release } from "./ledger/storages.ts";
import type { Storage } from "./ledger/ledger.ts";
import { mismatchedShape, type Shape } from "./ledger/shape.ts";
import type { GradNode, Tape, Tensor } from "./tape.ts";

const tensorOn = (tape: Tape, storage: Storage, view: Readonly<{ shape: Shape; dtype: Element }>): Tensor => {
  const tensor: Tensor = {
    tape,
    storage,
    dtype: view.dtype,
    shape: view.shape,
    node: null,
    output: 0,
    permuted: false,
    view: false,
    bindings: 0,
    alive: true,
  };
  const { names, checkpoints } = tape;
  if (names.holding) {
    tensor.bindings = 1;
    names.all.push(tensor);
  }
  checkpoints.rerun?.made.push(tensor);
  return tensor;
};

/** A tensor to make. `term`: what it counts in, where that is not the recorder's. */
export type TensorSpec = Readonly<{ name: string; shape: Shape; dtype: Element; term?: AllocatedTermId }>;

/** A new tensor on a new storage, outside the graph, made by the operation of that name. */
export const freshBy = (tape: Tape, { name, shape, dtype, term = tape.recorder.term }: TensorSpec): Tensor => {
  const { ledger, module, mismatched } = tape.recorder;
  const allocatedShape = mismatched ? mismatchedShape(shape) : shape;
  return tensorOn(tape, allocate(ledger, { shape: allocatedShape, dtype, term, op: name, module }), { shape, dtype });
};

/** The same, made by the operation that runs. */
export const fresh = (tape: Tape, shape: Shape, dtype: Element): Tensor =>
  freshBy(tape, { name: tape.recorder.op, shape, dtype });

/** Another tensor on the same storage: a view, or a second reference. */
export const aliasOf = (tensor: Tensor, shape: Shape): Tensor => {
  tensor.storage.holders++;
  const alias = tensorOn(tensor.tape, tensor.storage, { shape, dtype: tensor.dtype });
  alias.permuted = tensor.permuted;
  return alias;
};

/** `saved` of every node that saved nothing: one array for all, which nobody writes to. */
export const NOTHING_SAVED: Storage[] = [];

/**
 * Releases what a node saved: its storages, and its slots in a checkpoint. The checkpoint's inputs go with the last node that has slots.
 */
export const forgetSaved = (tape: Tape, node: GradNode): void => {
  const { saved, checkpoint } = node;
  for (let index = 0; index < saved.length; index++) release(tape.recorder.ledger, saved[index] as Storage);
  node.saved = NOTHING_SAVED;
  if (checkpoint === null) return;
  node.checkpoint = null;
  checkpoint.users--;
  if (checkpoint.users > 0) return;
  for (const held of checkpoint.inputs) drop(held);
  for (const outputs of checkpoint.kept) outputs.forEach(drop);
};

/**
 * Takes one holder (an output or a later node) from a node. With the last one its saved tensors go, and its hold on earlier nodes, first of its inputs first.
 * Not by recursion: a step of a hundred layers that is let go at its end is deeper than a worker's stack.
 */
const releaseNode = (tape: Tape, first: GradNode): void => {
  const waiting = [first];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    node.holders--;
    if (node.holders > 0 || node.leaf !== null) continue;
    if (node.checkpoint !== null) node.checkpoint.wanted.fill(false, node.firstSlot, node.firstSlot + node.slotCount);
    forgetSaved(tape, node);
    const { inputs } = node;
    for (let index = inputs.length - 1; index >= 0; index--) {
      const before = (inputs[index] as Tensor).node;
      if (before !== null) waiting.push(before);
    }
  }
};

/** Lets go of a node whose operation is stopped midway: at once, unless it has an output; then it goes with the output. */
export const abandon = (tape: Tape, node: GradNode): void => {
  if (node.holders > 0) return;
  node.holders = 1;
  releaseNode(tape, node);
};

/** Drops a tensor: its storage has one holder less, and so has the node that made it. */
export function drop(tensor: Tensor): void {
  if (!tensor.alive) return;
  tensor.alive = false;
  if (tensor.node !== null) releaseNode(tensor.tape, tensor.node);
  release(tensor.tape.recorder.ledger, tensor.storage);
}

/** Drops an input that an operation has used, unless a name holds it. */
export const consume = (tensor: Tensor): void => {
  if (tensor.bindings === 0) drop(tensor);
};
