import type { Checkpoint, Tape, Tensor } from "./tape.ts";
import { aliasOf } from "./tape.ts";
import { scoped } from "./scope.ts";

const sameTensor = (tensor: Tensor): Tensor => {
  const alias = aliasOf(tensor, tensor.shape);
  alias.node = tensor.node;
  if (alias.node !== null) alias.node.holders++;
  alias.output = tensor.output;
  // The checkpoint holds it, so no operation uses it up.
  alias.bindings = 1;
  return alias;
};

/** What a checkpoint runs: the layer, its input, and what the closure holds besides (rotary tables, mask, positions). */
export type Checkpointed = Readonly<{
  forward: (inputs: readonly Tensor[]) => Tensor;
  inputs: readonly Tensor[];
}>;

/**
 * Runs `forward` as `torch.utils.checkpoint(use_reentrant=False)` does: nothing is saved, every save leaves an empty slot; the first slot that
 * backward asks for runs `forward` again and fills all.
 *
 * @see torch/utils/checkpoint.py, `_checkpoint_without_reentrant_generator`.
 */
export const checkpointed = (tape: Tape, { forward, inputs }: Checkpointed): Tensor => {
  const held = inputs.map(sameTensor);
  const { autocast } = tape;
  const checkpoint: Checkpoint = {
    slots: [],
    count: 0,
    filled: false,
    wanted: [],
    users: 0,
    inputs: held,
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
