import { largestElements } from "./largest-elements.ts";
import { lowRankStates } from "./low-rank.ts";
import type { Optimizer } from "./optimizer.ts";

/** The update projected back to full size, and its scaled copy. */
const FULL_SIZE_COPIES = 2;

/**
 * GaLore AdamW of rank 128: for an m × n matrix (m ≤ n) moments 2rn and a projector rm; embeddings, head and vectors whole. Between
 * refreshes of the projector; the singular value decomposition of a refresh (every 200 steps) is left out.
 *
 * @see Zhao et al. 2024, "GaLore", table 1; transformers/trainer_optimizer.py (rank 128, update_proj_gap 200).
 */
export const galoreAdamw: Optimizer = {
  states: (tensors) => lowRankStates(tensors, true),
  temporaries: (tensors) => largestElements(tensors, (tensor) => FULL_SIZE_COPIES * tensor.stateBytes),
};
