import type { KeptOutputs } from "#calc/tape/tape.ts";
import { aliasOf, drop } from "#calc/tape/tensor.ts";
import { type Checkpoint, type Tensor } from "#calc/tape/tape.ts";

/** Whether the output of an operation of that name is kept. It is asked once for each operation, in order, so it may count. */
export type Keeps = (operation: string) => boolean;

/** Another reference to the same storage. */
const another = (tensor: Tensor): Tensor => aliasOf(tensor, tensor.shape);

/**
 * A checkpoint that keeps some outputs (selective activation checkpointing). The first run stores another reference to each; the second run takes it instead of
 * computing it again. The recomputation may stop early: an output that it does not reach stays until the layer's backward has ended.
 *
 * @param policy makes a new `Keeps` for each run
 * @see torch/utils/checkpoint.py, `_CachingTorchDispatchMode`, `_CachedTorchDispatchMode`
 */
export const keepOutputs = (policy: () => Keeps): KeptOutputs => {
  const kept: Checkpoint["kept"] = [];
  const keptInFirst = policy();
  return {
    kept,
    inFirstRun: (operation, make) => {
      const outputs = make();
      if (keptInFirst(operation)) kept.push(outputs.map((output) => Object.assign(another(output), { bindings: 1 })));
      return outputs;
    },
    inSecondRun: () => {
      const keeps = policy();
      let next = 0;
      return (operation, make) => {
        if (!keeps(operation)) return make();
        const held = kept[next++] ?? [];
        const outputs = held.map(another);
        held.forEach(drop);
        return outputs;
      };
    },
  };
};
