// Backward on the tape: nodes run youngest first, gradients are summed and reach their leaves.

import { assert } from "#calc/base/guards.ts";
import { enterLayer } from "./segments.ts";
import { turnIntoGradient, recountAs, release } from "./ledger/storages.ts";
import { withRecording } from "./autograd.ts";
import { withRerun } from "./checkpoint.ts";
import { beginBackward } from "./run-state.ts";
import { withMarks, withinBackwards } from "./recorder.ts";
import { forgetNames, namesNow, returnTo, runHolding, withHolding } from "./scope.ts";
import { STOP } from "./operation.ts";
import { releaseGraphOfStep } from "./training-loop.ts";
import { sameElements, sameInOneRow } from "./ledger/shape.ts";
import type { ActivationHooks, Checkpoint, GradNode, Leaf, Names, Tape, Tensor } from "./tape.ts";
import { aliasOf, drop, forgetSaved, fresh, freshBy } from "./tensor.ts";

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

/**
 * Recomputes a checkpointed forward until its last slot is filled, then drops all tensors that it made. The slots' storages stay: a slot is
 * a holder.
 */
const runAgain = (tape: Tape, checkpoint: Checkpoint): void => {
  const { autograd, names, checkpoints } = tape;
  const made: Tensor[] = [];
  const then = namesNow(names);
  checkpoint.restore();
  const rerun = (): void =>
    withRecording(autograd, true, () => withRerun(checkpoints, { checkpoint, next: 0, made }, checkpoint.rerun));
  try {
    // Whichever backward asks for it, the recomputation counts as activations.
    withMarks(tape.recorder, { term: "activations" }, rerun);
  } catch (reason) {
    if (reason !== STOP) throw reason;
    returnTo(names, then);
  }
  for (const tensor of made) drop(tensor);
  checkpoint.filled = true;
};

/** Releases the recomputed tensors that the node unpacked from its slots. */
const emptySlots = (tape: Tape, { slots }: Checkpoint, { firstSlot, slotCount }: GradNode): void => {
  for (let slot = firstSlot; slot < firstSlot + slotCount; slot++) {
    const storage = slots[slot];
    assert(storage !== null && storage !== undefined, "the recomputation of a checkpoint fills every slot");
    slots[slot] = null;
    release(tape.recorder.ledger, storage);
  }
};

/**
 * Fits a gradient to the input it goes to, as the engine's `validate_outputs` does: sums it over broadcast dimensions, casts it to the
 * input's dtype.
 */
const fitted = (tape: Tape, gradient: Tensor, target: Tensor): Tensor => {
  let fit = gradient;
  if (!sameElements(fit.shape, target.shape) && !(tape.policies.singleRow && sameInOneRow(fit.shape, target.shape))) {
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

/** The optimizer's step for one parameter in backward, with `copies` fp32 temporaries unless the gradient is fp32 itself. */
const update = (tape: Tape, gradient: Tensor, copies: number): void => {
  const made = withMarks(tape.recorder, { term: "workspace" }, () =>
    Array.from({ length: gradient.dtype === "fp32" ? 0 : copies }, () => fresh(tape, gradient.shape, "fp32")),
  );
  [...made, gradient].forEach(drop);
};

const arriveAtLeaf = (tape: Tape, leaf: Leaf, gradient: Tensor): void => {
  const { updatesInBackward } = tape.autograd;
  if (leaf.dropped) {
    release(tape.recorder.ledger, leaf.variable);
    drop(gradient);
  } else if (updatesInBackward !== null && !leaf.isInput) update(tape, gradient, updatesInBackward);
  else if (leaf.gradient !== null) drop(gradient);
  else {
    // The first gradient is taken as it is (stolen); later ones are added into it.
    leaf.gradient = gradient.storage;
    if (!leaf.isInput) turnIntoGradient(tape.recorder.ledger, leaf.gradient);
    gradient.alive = false;
  }
};

/**
 * Adds a second gradient to a buffer: in place where the first alone holds its storage, else into a third tensor. On fake tensors autograd
 * always makes the third.
 */
const addInto = (tape: Tape, held: Tensor, gradient: Tensor): Tensor => {
  if (!tape.policies.fakeTensors && held.storage.holders === 1 && !held.view) {
    drop(gradient);
    return held;
  }
  const total = fresh(tape, held.shape, held.dtype);
  total.permuted = held.permuted;
  drop(held);
  drop(gradient);
  return total;
};

/** Inserts a node among the ready ones, which lie in order of age: the youngest comes last and runs first. */
const makeReady = (ready: GradNode[], node: GradNode): void => {
  let index = ready.push(node) - 1;
  for (; index > 0 && (ready[index - 1] as GradNode).sequence >= node.sequence; index--)
    ready[index] = ready[index - 1] as GradNode;
  ready[index] = node;
};

/** All gradients of a leaf have arrived: it takes their sum, if there is one. */
const endAt = (tape: Tape, leaf: Leaf, { before, buffers }: GradNode): void => {
  before?.();
  const gradient = buffers[0] ?? null;
  buffers[0] = null;
  if (gradient !== null) arriveAtLeaf(tape, leaf, gradient);
  leaf.arrived?.();
};

/** Hands a gradient, or the news that there is none, to the node that made the input. The node is ready when its last one has come. */
const route = (ready: GradNode[], { tape, node: to, output }: Tensor, gradient: Tensor | null): void => {
  if (to === null) return;
  const { buffers, leaf } = to;
  const held = buffers[output] ?? null;
  if (gradient !== null) buffers[output] = held === null ? gradient : addInto(tape, held, gradient);
  to.pending--;
  if (to.pending > 0) return;
  if (leaf === null) makeReady(ready, to);
  else endAt(tape, leaf, to);
};

/** Brings the node's saved tensors back from host memory, until its backward function returns. */
const bringBack = (names: Names, activations: ActivationHooks, node: GradNode): void =>
  withHolding(names, true, () => activations.bringBack?.(node));

const runBackward = (tape: Tape, node: GradNode): (Tensor | null)[] => {
  const { names, hooks } = tape;
  const first = names.all.length;
  if (hooks.activations !== null) bringBack(names, hooks.activations, node);
  const results = runHolding(names, node);
  // A returned gradient outlives the names of the function. One that has other holders, or goes to two inputs, gets a second reference.
  const gradients = node.inputs.map((input, index) => {
    const result = results[index] ?? null;
    if (input.node === null || result === null) return null;
    if (result.bindings === 1) {
      result.bindings = 0;
      return result;
    }
    const alias = aliasOf(result, result.shape);
    alias.view = result.view;
    return alias;
  });
  for (let index = first; index < names.all.length; index++) {
    const named = names.all[index] as Tensor;
    if (named.bindings > 0) drop(named);
  }
  forgetNames(names, first);
  return gradients;
};

/** Whether a gradient that goes to this node is a parameter's, or that of its 16-bit copy. */
const isForParameter = (node: GradNode | null): boolean => {
  const leaf = node?.leaf ?? (node?.name === "to" ? node.inputs[0]?.node?.leaf : null);
  return leaf?.dropped === false && !leaf.isInput;
};

/** Fits each gradient to the input it goes to, edge by edge. */
const fitAll = (tape: Tape, { inputs }: GradNode, gradients: (Tensor | null)[]): void => {
  for (let index = 0; index < inputs.length; index++) {
    const gradient = gradients[index] ?? null;
    if (gradient === null) continue;
    const receiver = inputs[index] as Tensor;
    const fit = fitted(tape, gradient, receiver);
    if (isForParameter(receiver.node)) recountAs(tape.recorder.ledger, fit.storage, "gradients");
    gradients[index] = fit;
  }
};

/** Enters the layer of a node, unless the run is in it already. */
const enterLayerOf = (tape: Tape, { layer, pass }: GradNode): void => {
  const { position } = tape;
  if (layer !== position.layer || pass !== position.pass) enterLayer(tape, layer, pass);
};

const runNode = (tape: Tape, node: GradNode, ready: GradNode[]): void => {
  enterLayerOf(tape, node);
  node.before?.();
  const { checkpoint } = node;
  if (checkpoint !== null && !checkpoint.filled) runAgain(tape, checkpoint);
  const gradients = runBackward(tape, node);
  // Recomputed tensors are locals of the backward function and go when it returns. Tensors that the node saved itself stay until the node
  // is done.
  if (checkpoint !== null) emptySlots(tape, checkpoint, node);
  fitAll(tape, node, gradients);
  // The gradients that arrived are used up.
  for (const gradient of node.buffers) if (gradient !== null) drop(gradient);
  forgetSaved(tape, node);
  for (let index = 0; index < node.inputs.length; index++)
    route(ready, node.inputs[index] as Tensor, gradients[index] ?? null);
};

/** Runs the ready nodes, and all nodes that become ready by that. */
export const runAll = (tape: Tape, ready: GradNode[]): void => {
  withinBackwards(tape.recorder, ready, (node) => runNode(tape, node, ready));
};

/** `loss.backward()`: runs the graph from the loss to the leaves, as the engine of autograd does. Nothing runs where nothing is trained. */
export const backward = (loss: Tensor): void => {
  const { tape, node: root } = loss;
  if (root === null) return;
  countPending(root);
  beginBackward(tape.position);
  enterLayer(tape, root.layer, root.pass);
  withRecording(tape.autograd, false, () => {
    const first = freshBy(tape, { name: "seed", shape: loss.shape, dtype: loss.dtype });
    root.buffers[0] = first;
    // The engine's caller holds the seed too, until backward ends.
    const seed = aliasOf(first, loss.shape);
    runAll(tape, [root]);
    tape.hooks.ranks?.finish();
    drop(seed);
    releaseGraphOfStep(tape);
  });
};
