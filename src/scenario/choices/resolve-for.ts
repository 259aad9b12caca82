import type { Architecture } from "#calc/model/architecture.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { CardTraits } from "#catalog/card-traits.ts";
import { askedKernels } from "./asked-kernels.ts";
import type { Choices } from "./choices.ts";
import { type Resolved, resolve, resolvedReentrant } from "./resolve-stack.ts";

/** `resolve` beside a model: without kernels that were asked for in vain, and with checkpoints as the library has them for this type of model. */
export const resolveFor = (
  choices: Choices,
  method: MethodId,
  { card, architecture }: Readonly<{ card: CardTraits; architecture: Architecture }>,
): Resolved => {
  const { liger, lorakernels } = askedKernels(choices, architecture);
  return {
    ...resolve({ ...choices, liger, lorakernels }, method, card),
    reentrant: resolvedReentrant(choices, method, architecture.model_type),
  };
};
