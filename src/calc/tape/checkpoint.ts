import { type Returned, scoped } from "./scope.ts";
import type { Checkpoint, MakeOutput, Tape, Tensor } from "./tape.ts";
import { aliasOf, drop, fresh } from "./tape.ts";

/** Gives a tensor the place in the graph that another has; the checkpoint holds it, so no operation uses it up. */
const standIn = (alias: Tensor, tensor: Pick<Tensor, "node" | "output">): Tensor => {
  alias.node = tensor.node;
  alias.output = tensor.output;
  if (alias.node !== null) alias.node.holders++;
  alias.bindings = 1;
  return alias;
};

/** Another reference to a tensor, in its place in the graph; it stays until it is dropped. */
export const sameTensor = (tensor: Tensor): Tensor => standIn(aliasOf(tensor, tensor.shape), tensor);

/** Whether the output of an operation of that name is kept; it is asked once for each operation, in order. */
export type Keeps = (operation: string) => boolean;

/** What a checkpoint runs: the layer, its input, and what the closure holds besides (rotary tables, mask, positions). */
export type Checkpointed<T extends Returned> = Readonly<{
  forward: (inputs: readonly Tensor[]) => T;
  inputs: readonly [Tensor, ...Tensor[]];
  /** The layer's input is kept in host memory between the two runs (Unsloth). */
  offloaded: boolean;
  /** Which outputs are kept: asked once for each checkpoint, then for each operation in order. */
  keeps?: (() => Keeps) | undefined;
  /** Where to put what the closure holds; what is added later goes with it. */
  holder?: Tensor[];
}>;

const another = (tensor: Tensor): Tensor => aliasOf(tensor, tensor.shape);

/** In the first run: what the policy keeps has another reference. @see torch/utils/checkpoint.py, `_CachingTorchDispatchMode` */
const keeping =
  (kept: Checkpoint["kept"], keeps: Keeps): MakeOutput =>
  (operation, make) => {
    const outputs = make();
    if (keeps(operation)) kept.push(outputs.map((output) => Object.assign(another(output), { bindings: 1 })));
    return outputs;
  };

/** In the second run: what was kept is taken instead of computed. @see torch/utils/checkpoint.py, `_CachedTorchDispatchMode` */
const takingKept = (kept: Checkpoint["kept"], keeps: Keeps): MakeOutput => {
  let next = 0;
  return (operation, make) => {
    if (!keeps(operation)) return make();
    const held = kept[next++] ?? [];
    const outputs = held.map(another);
    held.forEach(drop);
    return outputs;
  };
};

/**
 * Runs `forward` as `torch.utils.checkpoint(use_reentrant=False)` does: nothing is saved, every save leaves an empty slot; the first slot that
 * backward asks for runs `forward` again and fills all.
 *
 * @see torch/utils/checkpoint.py, `_checkpoint_without_reentrant_generator`.
 */
export const checkpointed = <T extends Returned>(
  tape: Tape,
  { forward, inputs, offloaded, keeps, holder = [] }: Checkpointed<T>,
): T => {
  const [first, ...closure] = inputs;
  const rest = closure.map(sameTensor);
  const { autocast } = tape;
  const { shape, dtype, node, output: place } = first;
  const held = holder;
  held.push(...(offloaded ? rest : [sameTensor(first), ...rest]));
  const kept: Checkpoint["kept"] = [];
  const checkpoint: Checkpoint = {
    slots: [],
    count: 0,
    filled: false,
    wanted: [],
    users: 0,
    inputs: held,
    kept,
    restore: () => {
      if (offloaded) held.unshift(standIn(fresh(tape, shape, dtype), { node, output: place }));
    },
    rerun: () => {
      tape.autocast = autocast;
      tape.casts.push(new Map());
      if (keeps !== undefined) tape.makeOutput = takingKept(kept, keeps());
      try {
        forward(held);
      } finally {
        tape.makeOutput = null;
        tape.casts.pop();
      }
    },
  };
  tape.checkpoint = checkpoint;
  if (keeps !== undefined) tape.makeOutput = keeping(kept, keeps());
  const output = scoped(tape, () => forward(inputs));
  tape.makeOutput = null;
  tape.checkpoint = null;
  return output;
};
