import type { Inputs } from "#calc/tape/tape.ts";
import { recordView } from "#calc/tape/record.ts";
import { bind } from "#calc/tape/scope.ts";

/** Puts a node before a module's input that runs when the module's backward is done; the inputs as they are where the first asks for no gradient. */
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
