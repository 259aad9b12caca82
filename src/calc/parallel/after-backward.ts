import type { Inputs } from "#calc/tape/tape.ts";
import { recordView } from "#calc/tape/record.ts";
import { bind } from "#calc/tape/scope.ts";

/**
 * Puts a node on a module's first input that calls `run` when the module's backward is done (`RegisterPostBackwardFunction`). Without effect where that input
 * needs no gradient.
 */
export const afterBackward = (inputs: Inputs, run: () => void): Inputs => {
  const [first, ...rest] = inputs;
  if (first.node === null) return inputs;
  const { shape, permuted } = first;
  const view = recordView(first, {
    name: "post-backward",
    shape,
    permuted,
    backward: (gradients) => {
      run();
      return gradients;
    },
  });
  return [bind(view), ...rest];
};
