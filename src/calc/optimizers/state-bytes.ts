import type { Optimizer } from "./optimizer.ts";

/** A matrix large enough that blocks of the allocator and 8-bit block scales weigh what they do in a real layer. */
const EDGE = 4096;

/**
 * Bytes of all states for one trained parameter of a large matrix: AdamW with fp32 states 8, 8-bit AdamW a little over 2.
 *
 * @param stateBytes of one element of a state that has the parameter's shape
 */
export const stateBytesPerParameter = ({ states }: Optimizer, stateBytes: number): number => {
  const elements = EDGE * EDGE;
  const { bytes } = states([
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
