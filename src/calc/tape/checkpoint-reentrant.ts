import type { Element } from "#calc/base/element.ts";
import { inContext } from "./autocast.ts";
import { withRecording } from "./autograd.ts";
import { countPending, runAll } from "./backward.ts";
import type { Checkpointed } from "./checkpoint.ts";
import { endGraph } from "./end-graph.ts";
import { attach, hold, startNode } from "./record.ts";
import { bind, type Returned, scoped, withHolding } from "./scope.ts";
import type { Casts, GradNode, Tape, Tensor } from "./tape.ts";
import { aliasOf, drop } from "./tensor.ts";

/** A tensor that no node made and whose gradient the caller wants: `detached.requires_grad = True`. */
type Detached = Readonly<{ tensor: Tensor; gradient: () => Tensor | null }>;

/** `bringBack`: its bytes come back from host memory. */
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

/** A layer to be run again: what brings its input back from host memory, null where it stayed, and the type that matrices had. */
type Again = Pick<Checkpointed<Returned>, "forward" | "inputs"> &
  Readonly<{ bringBack: (() => Tensor) | null; element: Element | null }>;

/** Runs the layer again with a graph of its own, and that graph's backward; gives the gradients of its inputs. */
const gradientsOf = (
  tape: Tape,
  { forward, inputs, bringBack, element }: Again,
  gradients: readonly (Tensor | null)[],
): readonly (Tensor | null)[] => {
  const detached = inputs.map((input, index) => detach(input, index === 0 ? bringBack : null));
  const outputs = scoped(tape, () => {
    // The autocast context of the second run is its own: copies of weights stay with the nodes that saved them.
    const casts: Casts = new Map();
    const value = inContext(tape, { element, casts }, () =>
      tensorsOf(forward(detached.map(({ tensor }) => tensor))).map(bind),
    );
    for (const { cast } of casts.values()) drop(cast);
    // Both the outputs and the gradients that came for them are names of the function until its backward is through.
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
 * Runs `forward` as `torch.utils.checkpoint(use_reentrant=True)` does, the default of transformers 4's Trainer: without a graph; backward runs
 * all of it again, to its last operation, and that second graph's own backward, while inputs, outputs and the output's gradient stay.
 *
 * @see torch/utils/checkpoint.py, `CheckpointFunction`; transformers 4.48, modeling_utils.py, `gradient_checkpointing_enable`.
 */
export const checkpointedReentrant = <T extends Returned>(tape: Tape, { forward, inputs }: Checkpointed<T>): T => {
  const { element } = tape.autocast;
  const [first, ...rest] = inputs;
  const bringBack = tape.hooks.activations?.sendInput?.(first) ?? null;
  const again = { forward, inputs, bringBack, element };
  const node = startNode("checkpoint", inputs, (gradients) => runAgain(tape, again, gradients));
  if (node !== null) for (const { storage } of bringBack ? rest : inputs) hold(node, storage);
  const value = withRecording(tape.autograd, false, () => scoped(tape, () => forward(inputs)));
  for (const each of tensorsOf(value)) attach(each, node);
  return value;
};
