import { bytesPerParameter } from "#calc/base/dtype.ts";
import type { OptimizerId } from "#calc/model/scenario.ts";
import { optimizerOf } from "#calc/optimizers/optimizers.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { resolve, stackOf } from "#scenario/choices/resolve-stack.ts";

/** A matrix large enough that blocks of the allocator and 8-bit block scales weigh what they do in a real layer. */
const EDGE = 4096;

/**
 * Bytes of all optimizer states for one trained parameter of a large matrix: AdamW with fp32 states 8, 8-bit AdamW a little over 2.
 *
 * @param stateBytes of one element of a state that has the parameter's shape
 */
const stateBytesPerParameter = (optim: OptimizerId, stateBytes: number): number => {
  const elements = EDGE * EDGE;
  const { bytes } = optimizerOf(optim).states([
    {
      name: "weight",
      shape: [EDGE, EDGE],
      elements,
      count: 1,
      role: "linear",
      layerKind: "decoder",
      parameterBytes: stateBytes,
      gradientBytes: stateBytes,
      stateBytes,
      isStateOverridden: false,
    },
  ]);
  return bytes / elements;
};

/** The same for the method in focus of some choices: what was said, what the stack keeps states in, or what the trained parameters are kept in. */
export const stateBytes = (choices: Choices): number => {
  const { states, optim, weights, adapters } = resolve(choices, choices.method);
  if (typeof states === "number") return states;
  const trained = choices.method === "full" ? weights : adapters;
  const elementBytes =
    states === null
      ? Math.max(bytesPerParameter(trained), stackOf(choices).masterWeightBytes)
      : bytesPerParameter(states);
  return stateBytesPerParameter(optim, elementBytes);
};
