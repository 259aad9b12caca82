// Recording of an operation: its node, the tensors that it saves, its output, and backwards that many share.

import { NOTHING_SAVED, abandon, aliasOf, consume, fresh, freshBy, type TensorSpec } from "./tensor.ts";
import type { GradNode, Tape, Backward, MakeOutput, Rerun, Tensor } from "./tape.ts";
import { assert } from "#calc/base/guards.ts";
import type { Element } from "#calc/base/dtypes.ts";
import type { Storage } from "./ledger/ledger.ts";
import { release } from "./ledger/storages.ts";
import type { Shape } from "./ledger/shape.ts";
import { nextSequence } from "./autograd.ts";
import { holdWithGraph, holdBeyondBackward } from "./training-loop.ts";

/** The fields in which new nodes differ. */
type NodeSpec = Pick<GradNode, "name" | "inputs" | "backward" | "sequence" | "leaf">;

/** A new node of autograd's graph: without outputs, saved tensors and gradients. */
export const graphNode = (tape: Tape, { name, inputs, backward, sequence, leaf }: NodeSpec): GradNode => ({
  name,
  module: tape.recorder.module,
  sequence,
  pass: tape.position.pass,
  layer: tape.position.layer,
  term: tape.recorder.term,
  inputs,
  outputs: 0,
  backward,
  saved: NOTHING_SAVED,
  checkpoint: null,
  firstSlot: 0,
  slotCount: 0,
  pending: 0,
  holders: 0,
  buffers: [null],
  leaf,
  before: null,
});

/** Thrown in a recomputation when the checkpoint's last slot is filled: nothing after that is computed. */
export const STOP = Symbol("the last slot of a checkpoint is filled");

/** Fills the next slot of the checkpoint that is recomputed; returns whether it was the last. */
const fillSlot = (rerun: Rerun, storage: Storage): boolean => {
  const { checkpoint } = rerun;
  if (checkpoint.wanted[rerun.next] === true) {
    storage.holders++;
    checkpoint.slots[rerun.next] = storage;
  }
  rerun.next++;
  return rerun.next === checkpoint.count;
};

/** The node holds a storage until its backward is through. */
export const holdStorage = (node: GradNode, storage: Storage): void => {
  storage.holders++;
  if (node.saved === NOTHING_SAVED) node.saved = [storage];
  else node.saved.push(storage);
};

/**
 * Saves a tensor for the node's backward: the node holds it, or host memory does. In a checkpoint's first run it is an empty slot instead,
 * which the recomputation fills.
 */
export const save = (node: GradNode, tensor: Tensor): void => {
  const { tape, storage } = tensor;
  const { running, rerun } = tape.checkpoints;
  if (rerun !== null) {
    holdStorage(node, storage);
    if (!fillSlot(rerun, storage)) return;
    abandon(tape, node);
    throw STOP;
  }
  if (running !== null) {
    if (node.checkpoint === null) {
      node.checkpoint = running;
      node.firstSlot = running.count;
      running.users++;
    }
    node.slotCount++;
    running.wanted[running.count] = true;
    running.count++;
  } else if (tape.hooks.activations?.sendSaved?.(node, tensor) !== true) holdStorage(node, storage);
};

/** The node lets go of a tensor that it saved before its backward ends. */
export const unsave = (node: GradNode, { tape, storage }: Tensor): void => {
  const index = node.saved.indexOf(storage);
  assert(index >= 0, "a node lets go of what it saved");
  node.saved.splice(index, 1);
  release(tape.recorder.ledger, storage);
};

/**
 * Keeps a tensor as an attribute of the Python context (`ctx.x = x`). A saved tensor is freed when backward has used it; an attribute is
 * freed with the graph, which is later only where a training loop holds that.
 */
export const saveAsAttribute = (node: GradNode, tensor: Tensor): void => {
  const { tape, storage } = tensor;
  const { running, rerun } = tape.checkpoints;
  const isBare = running === null && rerun === null;
  if (!isBare || !holdBeyondBackward(tape, storage, node.layer)) save(node, tensor);
};

/** What a node saved as the tensor with this index, in its backward: what the recomputation of a checkpoint has made, or what it saved itself. */
export const unpackSaved = ({ checkpoint, firstSlot, saved }: GradNode, index: number, tensor: Tensor): Tensor => {
  const storage = checkpoint?.slots[firstSlot + index] ?? saved[index];
  assert(storage !== undefined, "a saved tensor is there in backward");
  return aliasOf({ ...tensor, storage }, tensor.shape);
};

/** Saves a tensor that the node's backward never unpacks: a checkpoint leaves it a slot, for which nothing is recomputed. */
export const saveUnread = (node: GradNode, tensor: Tensor): void => {
  const { running, rerun } = tensor.tape.checkpoints;
  if (rerun !== null || running === null) {
    save(node, tensor);
    return;
  }
  running.wanted[running.count] = false;
  running.count++;
};

/**
 * Keeps a tensor that is no input of a context's `save_for_backward`: a checkpoint leaves it no slot, so that the node of the first run holds it until the graph
 * goes. Nodes that are made in backward go before; where ranks share parameters it is let go of with the node, a few blocks too early.
 */
export const keepOutsideCheckpoint = (node: GradNode, { tape, storage }: Tensor): void => {
  if (tape.position.phase === "forward" && tape.hooks.ranks === null) holdWithGraph(tape, storage);
  else holdStorage(node, storage);
};

/** A node for the graph, if any input asks for a gradient. */
export const startNode = (name: string, inputs: readonly Tensor[], backward: Backward): GradNode | null => {
  const tape = inputs[0]?.tape;
  assert(tape !== undefined, "an operation has an input");
  let needed = false;
  for (const input of inputs) {
    if (!input.alive) throw new Error(`${name}: an input is gone`);
    if (input.node !== null) needed = true;
  }
  if (!needed || !tape.autograd.recording) return null;
  for (const { node } of inputs) if (node !== null) node.holders++;
  return graphNode(tape, { name, inputs, backward, sequence: nextSequence(tape.autograd), leaf: null });
};

/** Makes `tensor` the next output of `node`. */
export const attach = (tensor: Tensor, node: GradNode | null): Tensor => {
  if (node === null) return tensor;
  tensor.node = node;
  tensor.output = node.outputs;
  node.holders++;
  node.outputs++;
  if (node.outputs > node.buffers.length) node.buffers.push(null);
  return tensor;
};

/** An operation with one new output. */
type Rule = Readonly<{
  name: string;
  inputs: readonly Tensor[];
  shape: Shape;
  dtype: Element;
  /**
   * Inputs that backward needs, saved before the output is allocated; `false` for one whose only use is a gradient that nobody asks for.
   */
  saves?: readonly (Tensor | false)[];
  /** Whether backward needs the output itself. */
  savesOutput?: boolean;
  permuted?: boolean;
  backward: Backward;
}>;

/** The outputs of an operation: made, or taken from those that a checkpoint keeps. */
export const outputsOf: (tape: Tape, ...operation: Parameters<MakeOutput>) => readonly Tensor[] = (tape, name, make) =>
  tape.checkpoints.makeOutput?.(name, make) ?? make();

/** A new output. In a backward function (`holding`) it goes by the name of the operation whose backward runs. */
const madeBy = (tape: Tape, { name, shape, dtype }: Rule): Tensor =>
  freshBy(tape, { name: tape.names.holding ? tape.recorder.op : name, shape, dtype });

/** The output of an operation inside a checkpoint that keeps some outputs. */
const madeOrKept = (tape: Tape, rule: Rule): Tensor =>
  outputsOf(tape, rule.name, () => [madeBy(tape, rule)])[0] as Tensor;

const outputOf = (tape: Tape, rule: Rule): Tensor =>
  tape.checkpoints.makeOutput === null ? madeBy(tape, rule) : madeOrKept(tape, rule);

/** Runs an operation: saves, allocates the output, uses up temporaries among its inputs. */
export const record = (rule: Rule): Tensor => {
  const { name, inputs, saves, savesOutput, permuted, backward } = rule;
  const node = startNode(name, inputs, backward);
  if (node !== null && saves !== undefined) for (const saved of saves) if (saved !== false) save(node, saved);
  const { tape } = inputs[0] as Tensor;
  const output = attach(outputOf(tape, rule), node);
  output.permuted = permuted ?? false;
  if (node !== null && savesOutput === true) save(node, output);
  for (const input of inputs) consume(input);
  return output;
};

/** The result of an operation in place, on the storage of the first input. All inputs are consumed. */
export const inPlace = (node: GradNode | null, inputs: readonly [Tensor, ...Tensor[]]): Tensor => {
  const [base] = inputs;
  const result = attach(aliasOf(base, base.shape), node);
  for (const input of inputs) consume(input);
  return result;
};

/** What a view looks like, and its backward. */
type View = Readonly<{ name: string; shape: Shape; permuted: boolean; backward: Backward }>;

/** A view: no bytes, but the storage stays as long as it does. */
export const recordView = (tensor: Tensor, view: View): Tensor => {
  const node = startNode(view.name, [tensor], view.backward);
  const alias = attach(aliasOf(tensor, view.shape), node);
  alias.permuted = view.permuted;
  alias.view = true;
  consume(tensor);
  return alias;
};

/** A new tensor of the same shape, for a backward: in the type given, or its own. */
export const emptyLike = (tensor: Tensor, dtype: Element = tensor.dtype): Tensor => {
  const made = fresh(tensor.tape, tensor.shape, dtype);
  made.permuted = tensor.permuted;
  return made;
};

/** The gradient of the first output. Throws if none arrived, which never happens to a node with one output. */
export const arrivedGradient = (gradients: readonly (Tensor | null)[]): Tensor => {
  const gradient = gradients[0];
  assert(gradient !== null && gradient !== undefined, "a gradient has arrived");
  return gradient;
};

/** An operation outside the graph: positions, angles, masks, norms under `no_grad`. */
export const withoutGraph = (made: TensorSpec, ...inputs: readonly [Tensor, ...Tensor[]]): Tensor => {
  const output = freshBy(inputs[0].tape, made);
  for (const input of inputs) consume(input);
  return output;
};

/** The only input of an operation, or the first. */
export const inputOf = ({ inputs }: GradNode): Tensor => inputs[0] as Tensor;

/** The two inputs of an operation. */
export const bothInputsOf = ({ inputs }: GradNode): readonly [Tensor, Tensor] => inputs as readonly [Tensor, Tensor];

/** A new gradient of an input, in the dtype of the gradient that arrived; null if the input needs none. */
export const gradientOf = ({ tape, dtype }: Tensor, { node, shape }: Tensor): Tensor | null =>
  node === null ? null : fresh(tape, shape, dtype);

/** Backward that hands the gradient on as it is. */
export const passOn: Backward = (gradients) => [arrivedGradient(gradients)];

/** Backward of an elementwise operation: a new tensor like the gradient. */
export const likeGradient: Backward = (gradients) => [emptyLike(arrivedGradient(gradients))];

/** Backward of an operation that changes the number of elements: a new tensor of the input's shape, in the gradient's dtype. */
export const likeInput: Backward = (gradients, node) => {
  const { tape, dtype } = arrivedGradient(gradients);
  return [fresh(tape, inputOf(node).shape, dtype)];
};
