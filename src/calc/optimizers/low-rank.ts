import { allocated } from "#calc/base/allocation.ts";
import { constant } from "#calc/base/formula/inputs.ts";
import { amountOf, type Tally, tallyUp } from "#calc/base/formula/tally.ts";
import type { Amount } from "#calc/base/formula/amount.ts";
import type { TrainedTensor } from "#calc/parameters/trained-tensor.ts";

const MOMENTS = 2;
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
export const lowRankStates = (tensors: readonly TrainedTensor[], isProjectorKept: boolean): Amount => {
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
