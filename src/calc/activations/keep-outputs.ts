import type { KeptOutputs } from "#calc/tape/tape.ts";
import { aliasOf, drop } from "#calc/tape/tensor.ts";
import { type Checkpoint, type Tensor } from "#calc/tape/tape.ts";

/** Whether the output of an operation of that name is kept; it is asked once for each operation, in order. */
export type Keeps = (operation: string) => boolean;

const another = (tensor: Tensor): Tensor => aliasOf(tensor, tensor.shape);

/**
 * A checkpoint that keeps outputs: the first run puts another reference to each by, in the second it is taken instead of computed. What the second run
 * does not come to stays until the layer's backward is through.
 *
 * @param policy made anew for each run
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
