// Reentrant checkpointing on the tape: forward without a graph, and a backward of its own inside backward.

import type { Element } from "#calc/base/dtypes.ts";
import { dropCast, inContext } from "./autocast.ts";
import { withRecording } from "./autograd.ts";
import { countPending, runAll } from "./backward.ts";
import type { Checkpointed } from "./checkpoint.ts";
import { endGraph } from "./parameter.ts";
import { attach, holdStorage, startNode } from "./operation.ts";
import { bind, type Returned, scoped, withHolding } from "./scope.ts";
import type { Casts, GradNode, Tape, Tensor } from "./tape.ts";
import { aliasOf, drop } from "./tensor.ts";

/** A detached input of the recomputation, whose gradient the caller reads: `detached.requires_grad = True`. */
type Detached = Readonly<{ tensor: Tensor; gradient: () => Tensor | null }>;

/** Detaches an input. `bringBack`: copies it back from host memory, if it was sent there. */
const detach = (original: Tensor, bringBack: (() => Tensor) | null): Detached => {
  const { tape } = original;
  const tensor = bringBack?.() ?? aliasOf(original, original.shape);
  tensor.bindings = 1;
  if (original.node === null) return { tensor, gradient: () => null };
  let arrived: Tensor | null = null;
  endGraph(tensor, {
    leaf: null,
    backward: ([gradient]) => {
      if (gradient === null || gradient === undefined) return [];
      arrived = withHolding(tape.names, false, () => aliasOf(gradient, gradient.shape));
      return [];
    },
  });
  return { tensor, gradient: () => arrived };
};

const tensorsOf = (value: Returned): readonly Tensor[] => {
  if (value === null) return [];
  return "storage" in value ? [value] : value.filter((each) => each !== null);
};

/** `torch.autograd.backward(outputs, gradients)` inside another backward: outputs and gradients stay with the caller. */
const backwardFrom = (tape: Tape, outputs: readonly Tensor[], gradients: readonly (Tensor | null)[]): void => {
  const roots = new Set<GradNode>();
  outputs.forEach(({ node, output }, index) => {
    const gradient = gradients[index] ?? null;
    if (node === null || gradient === null) return;
    node.buffers[output] = aliasOf(gradient, gradient.shape);
    roots.add(node);
  });
  for (const root of roots) countPending(root);
  withRecording(tape.autograd, false, () => {
    for (const root of roots) runAll(tape, [root]);
  });
};

/**
 * A layer to recompute. `bringBack`: copies its first input back from host memory, null if that stayed; `element`: autocast's dtype in the
 * first run.
 */
type Again = Pick<Checkpointed<Returned>, "forward" | "inputs"> &
  Readonly<{ bringBack: (() => Tensor) | null; element: Element | null }>;

/** Recomputes the layer with a graph of its own, and runs that graph's backward; returns the gradients of the layer's inputs. */
const gradientsOf = (
  tape: Tape,
  { forward, inputs, bringBack, element }: Again,
  gradients: readonly (Tensor | null)[],
): readonly (Tensor | null)[] => {
  const detached = inputs.map((input, index) => detach(input, index === 0 ? bringBack : null));
  const outputs = scoped(tape, () => {
    // The recomputation has an autocast context of its own. It ends before backward: a copy of a weight lives on only in nodes that saved
    // it.
    const casts: Casts = new Map();
    const value = inContext(tape, { element, casts }, () =>
      tensorsOf(forward(detached.map(({ tensor }) => tensor))).map(bind),
    );
    for (const cast of casts.values()) dropCast(cast);
    // The function has names for the outputs and for their gradients until this backward ends.
    backwardFrom(tape, value, gradients);
    return value;
  });
  for (const output of outputs) drop(output);
  return detached.map(({ tensor, gradient }) => {
    const arrived = gradient();
    if (arrived !== null) tape.hooks.ranks?.detached?.(tape.position.layer, tensor, arrived);
    drop(tensor);
    return arrived;
  });
};

const runAgain = (tape: Tape, again: Again, gradients: readonly (Tensor | null)[]): readonly (Tensor | null)[] => {
  const results = withHolding(tape.names, false, () =>
    withRecording(tape.autograd, true, () => gradientsOf(tape, again, gradients)),
  );
  return results.map((gradient) => {
    if (gradient === null) return null;
    const held = aliasOf(gradient, gradient.shape);
    drop(gradient);
    return held;
  });
};

/**
 * `torch.utils.checkpoint(use_reentrant=True)`, the default of transformers 4's Trainer: forward runs without a graph. Backward recomputes
 * all of it, to the last operation, and runs the backward of the graph that this makes. Meanwhile inputs, outputs and the output's gradient
 * stay.
 *
 * @see torch/utils/checkpoint.py, `CheckpointFunction`; transformers 4.48, modeling_utils.py, `gradient_checkpointing_enable`.
 */
export const checkpointedReentrant = <T extends Returned>(tape: Tape, { forward, inputs }: Checkpointed<T>): T => {
  const { element } = tape.autocast;
  const [first, ...rest] = inputs;
  const bringBack = tape.hooks.activations?.sendInput?.(first) ?? null;
  const again = { forward, inputs, bringBack, element };
  const node = startNode("checkpoint", inputs, (gradients) => runAgain(tape, again, gradients));
  if (node !== null) for (const { storage } of bringBack ? rest : inputs) holdStorage(node, storage);
  const value = withRecording(tape.autograd, false, () => scoped(tape, () => forward(inputs)));
  for (const each of tensorsOf(value)) attach(each, node);
  return value;
};
