// AdamW on low-rank gradients: GaLore, which keeps its projector, and APOLLO, which makes it again.

import { allocated } from "#calc/base/bytes.ts";
import { constant, amountOf, type Tally, tallyUp, type Amount } from "#calc/base/formula.ts";
import type { TrainedTensor } from "#calc/parameters/parameter-tensors.ts";
import { largestElements, type Optimizer, MOMENTS } from "./optimizer.ts";

/** What transformers passes when `optim_args` name no rank. */
const LOW_RANK = 128;

/** Matrices inside the layers, larger than the rank on both sides: what `optim_target_modules="all-linear"` projects. */
const isProjected = ({ layerKind, shape }: TrainedTensor): boolean =>
  layerKind !== null && shape.length === 2 && Math.min(...shape) > LOW_RANK;

/** Elements of the low-rank moments of an m × n matrix: r × max(m, n) each; a kept projector takes r × min(m, n). */
const lowRankSizes = (shape: readonly number[], isProjectorKept: boolean): readonly number[] => {
  const moments = Array.from({ length: MOMENTS }, () => LOW_RANK * Math.max(...shape));
  return isProjectorKept ? [...moments, LOW_RANK * Math.min(...shape)] : moments;
};

/** Adam's two moments of gradients projected to rank 128 for matrices inside the layers, whole for everything else. */
const lowRankStates = (tensors: readonly TrainedTensor[], isProjectorKept: boolean): Amount => {
  const tally: Tally = [];
  for (const tensor of tensors) {
    const isLowRank = isProjected(tensor) && !tensor.isStateOverridden;
    const sizes = isLowRank ? lowRankSizes(tensor.shape, isProjectorKept) : [tensor.elements, tensor.elements];
    for (const elements of sizes)
      tallyUp(
        tally,
        {
          name: isLowRank ? "elements of low-rank states" : "elements of whole states",
          factors: [constant("bytes each", tensor.stateBytes)],
        },
        { elements: elements * tensor.count, bytes: allocated(elements * tensor.stateBytes) * tensor.count },
      );
  }
  return amountOf(tally);
};

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
