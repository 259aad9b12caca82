import type { Outputs } from "#calc/modules/objective.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { bind, rebind, unname } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/**
 * The loss as backward gets it from `compute_loss`, with whose return its outputs go: `training_step` divides it by the steps of accumulation, accelerate once more.
 *
 * @see transformers 5.24, trainer.py, `training_step`; accelerate 1.15, accelerator.py, `backward`
 */
export const handedToBackward = (loss: Tensor, ...outputs: readonly Outputs[]): Tensor => {
  const returned = bind(loss);
  for (const output of outputs.flatMap((each) => Object.values(each))) unname(output);
  return bind(scale(rebind(returned, scale(returned))));
};
