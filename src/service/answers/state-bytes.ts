import { bytesPerParameter } from "#calc/base/dtype.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { CardTraits } from "#catalog/card-traits.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { resolve, stackOf } from "#scenario/choices/resolve-stack.ts";

/**
 * Bytes of all optimizer states for one trained parameter of a large matrix, for the method in focus: what was said, what the stack keeps states in, or what
 * the trained parameters are kept in.
 */
export const stateBytes = (choices: Choices, card: CardTraits): number => {
  const { states, optim, weights, adapters } = resolve(choices, choices.method, card);
  if (typeof states === "number") return states;
  const trained = choices.method === "full" ? weights : adapters;
  const elementBytes =
    states === null
      ? Math.max(bytesPerParameter(trained), stackOf(choices).masterWeightBytes)
      : bytesPerParameter(states);
  return ENGINE.stateBytesPerParameter(optim, elementBytes);
};
