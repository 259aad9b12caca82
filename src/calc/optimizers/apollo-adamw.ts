import { largestElements } from "./largest-elements.ts";
import { lowRankStates } from "./low-rank.ts";
import type { Optimizer } from "./optimizer.ts";

/**
 * APOLLO of rank 128: moments 2rn for an m × n matrix (m ≤ n), the random projection made anew from its seed; embeddings, head and
 * vectors whole. One scaled gradient at a time during the step.
 *
 * @see Zhu et al. 2024, "APOLLO: SGD-like Memory, AdamW-level Performance", table 1; transformers/trainer_optimizer.py (rank 128).
 */
export const apolloAdamw: Optimizer = {
  states: (tensors) => lowRankStates(tensors, false),
  temporaries: (tensors) => largestElements(tensors, (tensor) => tensor.stateBytes),
};
