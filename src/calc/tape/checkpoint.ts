import { type Returned, scoped } from "./scope.ts";
import type { Checkpoint, Tape, Tensor } from "./tape.ts";
import { aliasOf, fresh } from "./tape.ts";

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

/** What a checkpoint runs: the layer, its input, and what the closure holds besides (rotary tables, mask, positions). */
export type Checkpointed<T extends Returned> = Readonly<{
  forward: (inputs: readonly Tensor[]) => T;
  inputs: readonly [Tensor, ...Tensor[]];
  /** The layer's input is kept in host memory between the two runs (Unsloth). */
  offloaded: boolean;
  /** Where to put what the closure holds; what is added later goes with it. */
  holder?: Tensor[];
}>;

/**
 * Runs `forward` as `torch.utils.checkpoint(use_reentrant=False)` does: nothing is saved, every save leaves an empty slot; the first slot that
 * backward asks for runs `forward` again and fills all.
 *
 * @see torch/utils/checkpoint.py, `_checkpoint_without_reentrant_generator`.
 */
export const checkpointed = <T extends Returned>(
  tape: Tape,
  { forward, inputs, offloaded, holder = [] }: Checkpointed<T>,
): T => {
  const [first, ...closure] = inputs;
  const rest = closure.map(sameTensor);
  const { autocast } = tape;
  const { shape, dtype, node, output: place } = first;
  const held = holder;
  held.push(...(offloaded ? rest : [sameTensor(first), ...rest]));
  const checkpoint: Checkpoint = {
    slots: [],
    count: 0,
    filled: false,
    wanted: [],
    users: 0,
    inputs: held,
    restore: () => {
      if (offloaded) held.unshift(standIn(fresh(tape, shape, dtype), { node, output: place }));
    },
    rerun: () => {
      tape.autocast = autocast;
      tape.casts.push(new Map());
      try {
        forward(held);
      } finally {
        tape.casts.pop();
      }
    },
  };
  tape.checkpoint = checkpoint;
  const output = scoped(tape, () => forward(inputs));
  tape.checkpoint = null;
  return output;
};
