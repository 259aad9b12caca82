// Lion: one momentum, and one update at a time.

import { largestElements, type Optimizer } from "./optimizer.ts";
import { elementwiseBytes } from "#calc/parameters/counts.ts";

/**
 * Lion: one momentum in the parameter's dtype. The signed update of the tensor in hand is a new tensor.
 *
 * @see Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", algorithm 2.
 */
export const lion: Optimizer = {
  states: (tensors) => elementwiseBytes(tensors, 1, (tensor) => tensor.stateBytes),
  temporaries: (tensors) => largestElements(tensors, (tensor) => tensor.stateBytes),
};
