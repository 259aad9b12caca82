// Non-reentrant checkpointing on the tape: empty slots in forward, filled by a recomputation in backward.

import type { Checkpoint, Checkpoints, MakeOutput, Rerun, Tape, Tensor } from "./tape.ts";
import { withField } from "./run-state.ts";
import { aliasOf, drop } from "./tensor.ts";
import { inContext } from "./autocast.ts";
import { type Returned, scoped } from "./scope.ts";

export const createCheckpoints = (): Checkpoints => ({ running: null, rerun: null, makeOutput: null });

/** Runs a checkpoint's forward for the first time. @internal */
export const withCheckpoint = <T>(checkpoints: Checkpoints, checkpoint: Checkpoint, body: () => T): T =>
  withField(checkpoints, ["running", checkpoint], body);

/** Runs `body` as the recomputation of a checkpoint. null: `body` runs in the middle of a recomputation without being part of it. */
export const withRerun = <T>(checkpoints: Checkpoints, rerun: Rerun | null, body: () => T): T =>
  withField(checkpoints, ["rerun", rerun], body);

/** Runs `body`; its operations get their outputs from `makeOutput`. @internal */
export const withOutputs = <T>(checkpoints: Checkpoints, makeOutput: MakeOutput | null, body: () => T): T =>
  withField(checkpoints, ["makeOutput", makeOutput], body);

/**
 * Gives an alias the node and the output number of another tensor. The checkpoint holds the alias (`bindings`), so no operation uses it up.
 */
const standIn = (alias: Tensor, tensor: Pick<Tensor, "node" | "output">): Tensor => {
  alias.node = tensor.node;
  alias.output = tensor.output;
  if (alias.node !== null) alias.node.holders++;
  alias.bindings = 1;
  return alias;
};

/** A second reference to a tensor, with the same node. It stays until it is dropped. */
export const sameTensor = (tensor: Tensor): Tensor => standIn(aliasOf(tensor, tensor.shape), tensor);

/** What a checkpoint runs: the layer, its input, and the tensors of the layer's closure (rotary tables, mask, positions). */
export type Checkpointed<T extends Returned> = Readonly<{
  forward: (inputs: readonly Tensor[]) => T;
  inputs: readonly [Tensor, ...Tensor[]];
  /** The list that the closure's tensors are put into. Tensors that layers add later are dropped with them. */
  holder?: Tensor[];
}>;

/**
 * Holds the layer's input until the recomputation, and returns null. If hooks send the input to host memory, returns `restore`, which
 * brings it back as the first of the held tensors, and `letGo`, which drops it again.
 */
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
 * `torch.utils.checkpoint(use_reentrant=False)`: forward saves nothing; each tensor that it would save is an empty slot. The first slot
 * that backward unpacks recomputes `forward`, which fills all slots.
 *
 * @see torch/utils/checkpoint.py, `_checkpoint_without_reentrant_generator`.
 */
export const checkpointed = <T extends Returned>(tape: Tape, { forward, inputs, holder = [] }: Checkpointed<T>): T => {
  // Without a graph nothing is recomputed, so nothing is kept: `if not torch.is_grad_enabled(): yield; return`.
  if (!tape.autograd.recording) return scoped(tape, () => forward(inputs));
  const [first, ...closure] = inputs;
  const rest = closure.map(sameTensor);
  const { autocast, checkpoints } = tape;
  const { element } = autocast;
  const held = holder;
  // `holder` may hold states already that earlier layers share.
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
      // Behind the inputs `held` has what layers have added since.
      const run = (): T => forward(held.slice(0, inputs.length));
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
