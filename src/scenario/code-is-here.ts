import { isModellingKnown } from "#calc/families/known-families.ts";
import { isOptimizerKnown } from "#calc/optimizers/optimizers.ts";
import type { Choices } from "./choices.ts";
import { stackOf } from "./resolve-stack.ts";

/** Whether the code that the stack's models and the optimizer run is here; else it comes with the full catalog. */
export const codeIsHere = ({ stack, optim }: Pick<Choices, "stack" | "optim">): boolean => {
  const { modelling = "transformers", optim: own } = stackOf({ stack });
  return isModellingKnown(modelling) && isOptimizerKnown(optim ?? own);
};
