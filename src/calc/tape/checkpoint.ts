import { aliasOf, drop } from "./tensor.ts";
import { inContext } from "./autocast.ts";
import { withCheckpoint, withOutputs } from "./checkpoints.ts";
import { type Returned, scoped } from "./scope.ts";
import type { Checkpoint, Tape, Tensor } from "./tape.ts";

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
  /** Where to put what the closure holds; what is added later goes with it. */
  holder?: Tensor[];
}>;

/** Holds the layer's input between the two runs, or sends it to host memory: then what brings it back as the first that is held, and lets go of it. */
const holdInput = (held: Tensor[], input: Tensor): Readonly<{ restore: () => void; letGo: () => void }> | null => {
  const { node, output } = input;
  const bringBack = input.tape.hooks.activations?.sendInput?.(input) ?? null;
  if (bringBack === null) {
    held.unshift(sameTensor(input));
    return null;
  }
  return {
    restore: () => void held.unshift(standIn(bringBack(), { node, output })),
    letGo: () => held.splice(0, 1).forEach(drop),
  };
};

/**
 * Runs `forward` as `torch.utils.checkpoint(use_reentrant=False)` does: nothing is saved, every save leaves an empty slot; the first slot that
 * backward asks for runs `forward` again and fills all.
 *
 * @see torch/utils/checkpoint.py, `_checkpoint_without_reentrant_generator`.
 */
export const checkpointed = <T extends Returned>(tape: Tape, { forward, inputs, holder = [] }: Checkpointed<T>): T => {
  // Nothing is kept where nobody will run it again: `if not torch.is_grad_enabled(): yield; return`.
  if (!tape.autograd.recording) return scoped(tape, () => forward(inputs));
  const [first, ...closure] = inputs;
  const rest = closure.map(sameTensor);
  const { autocast, checkpoints } = tape;
  const { element } = autocast;
  const held = holder;
  // What earlier layers handed on may be there already.
  held.unshift(...rest);
  const sent = holdInput(held, first);
  const outputs = tape.hooks.activations?.keepOutputs?.() ?? null;
  const checkpoint: Checkpoint = {
    slots: [],
    count: 0,
    filled: false,
    wanted: [],
    users: 0,
    inputs: held,
    kept: outputs?.kept ?? [],
    restore: () => sent?.restore(),
    rerun: () => {
      const again = { element, casts: new Map() };
      const run = (): T => forward(held);
      const keeping = (): T => withOutputs(checkpoints, outputs?.inSecondRun() ?? null, run);
      try {
        inContext(tape, again, outputs === null ? run : keeping);
      } finally {
        sent?.letGo();
      }
    },
  };
  return withCheckpoint(checkpoints, checkpoint, () =>
    withOutputs(checkpoints, outputs?.inFirstRun ?? null, () => scoped(tape, () => forward(inputs))),
  );
};
