import { assert } from "#calc/assert.ts";
import { becomeGradient, beginSegment, release } from "./ledger.ts";
import type { Storage } from "./ledger.ts";
import { STOP } from "./record.ts";
import { sameElements, sameInOneRow } from "./shape.ts";
import type { Checkpoint, GradNode, Leaf, Tape, Tensor } from "./tape.ts";
import { aliasOf, drop, forgetSaved, fresh } from "./tape.ts";

/** Counts for every node how many gradients will arrive at it. */
export const countPending = (root: GradNode): void => {
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (const { node: next } of node.inputs) {
      if (next === null) continue;
      next.pending++;
      if (next.pending === 1) stack.push(next);
    }
  }
};

/** Runs a checkpointed forward again until its last slot is filled; whatever else it made is then gone. */
const runAgain = (tape: Tape, checkpoint: Checkpoint): void => {
  const { module, op, recording, holding, component, autocast } = tape;
  const depth = tape.scopes.length;
  const made: Tensor[] = [];
  checkpoint.restore();
  tape.rerun = { checkpoint, next: 0, made };
  tape.recording = true;
  tape.holding = false;
  try {
    checkpoint.rerun();
  } catch (reason) {
    if (reason !== STOP) throw reason;
  }
  tape.rerun = null;
  for (const tensor of made) drop(tensor);
  tape.scopes.length = depth;
  Object.assign(tape, { module, op, recording, holding, component, autocast });
  checkpoint.filled = true;
};

const unpack = (tape: Tape, node: GradNode): readonly Storage[] => {
  const { checkpoint } = node;
  if (checkpoint === null) {
    const { saved } = node;
    node.saved = [];
    return saved;
  }
  if (!checkpoint.filled) runAgain(tape, checkpoint);
  const saved: Storage[] = [];
  for (let slot = node.firstSlot; slot < node.firstSlot + node.slotCount; slot++) {
    const storage = checkpoint.slots[slot];
    assert(storage !== null && storage !== undefined, "the second run of a checkpoint fills every slot");
    checkpoint.slots[slot] = null;
    saved.push(storage);
  }
  return saved;
};

/** Makes a gradient what its receiver is: summed where the input was broadcast, cast where it has another type. */
const fitted = (tape: Tape, gradient: Tensor, target: GradNode["outputs"][number]): Tensor => {
  let fit = gradient;
  if (!sameElements(fit.shape, target.shape) && !(tape.singleRow && sameInOneRow(fit.shape, target.shape))) {
    const summed = fresh(tape, target.shape, fit.dtype);
    drop(fit);
    fit = summed;
  }
  if (fit.dtype !== target.dtype) {
    const cast = fresh(tape, fit.shape, target.dtype);
    cast.permuted = fit.permuted;
    drop(fit);
    fit = cast;
  }
  return fit;
};

/** The optimizer's step for one parameter: in fp32 where its gradient is not. */
const update = (tape: Tape, gradient: Tensor, copies: number): void => {
  tape.component = "workspace";
  const made =
    gradient.dtype === "fp32" ? [] : Array.from({ length: copies }, () => fresh(tape, gradient.shape, "fp32"));
  [...made, gradient].forEach(drop);
};

const arriveAtLeaf = (tape: Tape, leaf: Leaf, gradient: Tensor): void => {
  if (leaf.dropped) release(tape.ledger, leaf.variable);
  if (!leaf.dropped && tape.updatesInBackward !== null) update(tape, gradient, tape.updatesInBackward);
  else if (leaf.dropped || leaf.gradient !== null) drop(gradient);
  else {
    // The first gradient is taken as it is; later ones are added into it.
    leaf.gradient = gradient.storage;
    becomeGradient(tape.ledger, leaf.gradient);
    gradient.alive = false;
    gradient.storage.holders++;
    release(tape.ledger, gradient.storage);
  }
};

/** A second gradient for the same buffer: a third tensor holds the sum, unless the first can take it. */
const addInto = (tape: Tape, held: Tensor, gradient: Tensor): Tensor => {
  if (!tape.fakeTensors && held.storage.holders === 1 && !held.view) {
    drop(gradient);
    return held;
  }
  const total = fresh(tape, held.shape, held.dtype);
  total.permuted = held.permuted;
  drop(held);
  drop(gradient);
  return total;
};

const route = (
  tape: Tape,
  ready: GradNode[],
  { input, gradient }: Readonly<{ input: Tensor; gradient: Tensor | null }>,
): void => {
  const { node: to, output } = input;
  if (to === null) return;
  const held = to.buffers[output] ?? null;
  if (gradient !== null) to.buffers[output] = held === null ? gradient : addInto(tape, held, gradient);
  to.pending--;
  if (to.pending > 0) return;
  if (to.leaf === null) ready.push(to);
  else {
    if (to.buffers[0] !== null && to.buffers[0] !== undefined) {
      arriveAtLeaf(tape, to.leaf, to.buffers[0]);
      to.buffers.length = 0;
    }
    to.leaf.arrived?.();
  }
};

const runBackward = (tape: Tape, node: GradNode): (Tensor | null)[] => {
  const scope: Tensor[] = [];
  tape.scopes.push(scope);
  tape.holding = true;
  const results = node.backward(node.buffers, node);
  tape.holding = false;
  // Temporaries of the function die when it returns, what it returned does not.
  const gradients = node.inputs.map((input, index) => {
    const result = results[index] ?? null;
    if (input.node === null || result === null) return null;
    const alias = aliasOf(result, result.shape);
    alias.view = result.view;
    return alias;
  });
  for (const tensor of scope) drop(tensor);
  tape.scopes.pop();
  return gradients;
};

const enter = (tape: Tape, segment: number): void => {
  tape.segment = segment;
  beginSegment(tape.ledger, { phase: tape.phase, microStep: tape.microStep, layer: segment });
};

/** Whether the node's gradient is a parameter's, or its 16-bit copy's. */
const isForParameter = (node: GradNode | null): boolean => {
  const leaf = node?.leaf ?? (node?.name === "to" ? node.inputs[0]?.node?.leaf : null);
  return leaf !== null && leaf !== undefined && !leaf.dropped;
};

/** Makes each gradient what its receiver is, edge by edge. */
const fitAll = (tape: Tape, { inputs }: GradNode, gradients: (Tensor | null)[]): void => {
  for (let index = 0; index < inputs.length; index++) {
    const gradient = gradients[index] ?? null;
    const { node: receiver, output } = inputs[index] as Tensor;
    if (gradient === null || receiver === null) continue;
    const fit = fitted(tape, gradient, receiver.outputs[output] as Tensor);
    if (isForParameter(receiver)) fit.storage.component = "gradients";
    gradients[index] = fit;
  }
};

/** The gradients that have arrived are used up. */
const dropBuffers = ({ buffers }: GradNode): void => {
  for (const buffer of buffers) if (buffer !== null && buffer !== undefined) drop(buffer);
  buffers.length = 0;
};

const runNode = (tape: Tape, node: GradNode, ready: GradNode[]): void => {
  if (node.segment !== tape.segment) enter(tape, node.segment);
  node.before?.();
  // What a checkpoint's second run made is a local of the node's function; what was saved stays with the node until it is done.
  const isCheckpointed = node.checkpoint !== null;
  const saved = unpack(tape, node);
  tape.op = `${node.name} backward`;
  tape.module = node.module;
  tape.component = node.component;
  const gradients = runBackward(tape, node);
  if (isCheckpointed) for (const storage of saved) release(tape.ledger, storage);
  fitAll(tape, node, gradients);
  dropBuffers(node);
  if (!isCheckpointed) for (const storage of saved) release(tape.ledger, storage);
  forgetSaved(tape, node);
  node.inputs.forEach((input, index) => route(tape, ready, { input, gradient: gradients[index] ?? null }));
};

const takeYoungest = (ready: GradNode[]): GradNode | undefined => {
  let best = 0;
  for (let index = 1; index < ready.length; index++) {
    if ((ready[index]?.sequence ?? -1) > (ready[best]?.sequence ?? -1)) best = index;
  }
  return ready.splice(best, 1)[0];
};

/** Runs what is ready, and all that this makes ready. */
export const runAll = (tape: Tape, ready: GradNode[]): void => {
  for (let node = takeYoungest(ready); node !== undefined; node = takeYoungest(ready)) runNode(tape, node, ready);
};

/** `loss.backward()`: runs the graph from the loss to the leaves, as the engine of autograd does. Nothing runs where nothing is trained. */
export const backward = (loss: Tensor): void => {
  const { tape, node: root } = loss;
  if (root === null) return;
  countPending(root);
  tape.phase = "backward";
  enter(tape, root.segment);
  tape.recording = false;
  tape.op = "seed";
  root.buffers[0] = fresh(tape, loss.shape, loss.dtype);
  // The engine's caller holds the seed too, until backward ends.
  const seed = aliasOf(root.buffers[0], loss.shape);
  runAll(tape, [root]);
  tape.ranks?.finish();
  drop(seed);
  tape.component = "activations";
  tape.recording = true;
};
