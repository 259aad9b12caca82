import { areActivationsKnown } from "#calc/activations/activations.ts";
import { isModellingKnown } from "#calc/families/known-families.ts";
import { isDoraKnown } from "#calc/modules/late-dora.ts";
import { isOptimizerKnown } from "#calc/optimizers/optimizers.ts";
import type { Choices } from "./choices.ts";
import { stackOf } from "./resolve-stack.ts";

/** What code depends on. */
export type CodeChoices = Pick<Choices, "stack" | "optim" | "selective" | "actoffload" | "dora">;

/** Whether the code that the stack's models, the optimizer, DoRA and what is done with activations run is here; else it comes with the full catalog. */
export const codeIsHere = ({ stack, optim, selective, actoffload, dora }: CodeChoices): boolean => {
  const own = stackOf({ stack });
  const isPlain = (selective ?? own.selective) !== "op" && !(actoffload ?? own.checkpointsOffloaded);
  return [
    isModellingKnown(own.modelling ?? "transformers"),
    isOptimizerKnown(optim ?? own.optim),
    isPlain || areActivationsKnown(),
    !dora || isDoraKnown(),
  ].every(Boolean);
};
