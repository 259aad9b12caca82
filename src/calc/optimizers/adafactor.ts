// Adafactor without momentum: factored second moments, and the temporaries of one tensor at a time.

import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { allocated } from "#calc/base/bytes.ts";
import { constant, amountOf, type Tally, tallyUp } from "#calc/base/formula.ts";
import type { TrainedTensor } from "#calc/parameters/parameter-tensors.ts";
import { largestElements, type Optimizer } from "./optimizer.ts";

/** Elements of the factored second moment: one for each row and one for each column (leading dimensions kept); all of them for a vector. */
const stateSizes = ({ shape, elements }: TrainedTensor): readonly number[] => {
  const rows = shape.at(-2);
  const columns = shape.at(-1);
  return rows === undefined || columns === undefined ? [elements] : [elements / columns, elements / rows];
};

/** Sums over rows and over columns of each tensor, each number of so many bytes unless the scenario says. */
export const factoredStates = (
  tensors: readonly TrainedTensor[],
  bytesOf: (tensor: TrainedTensor) => number,
): ReturnType<Optimizer["states"]> => {
  const tally: Tally = [];
  for (const tensor of tensors) {
    const size = tensor.isStateOverridden ? tensor.stateBytes : bytesOf(tensor);
    for (const elements of stateSizes(tensor))
      tallyUp(
        tally,
        { name: "rows and columns of trained matrices", factors: [constant("bytes each", size)] },
        { elements: elements * tensor.count, bytes: allocated(elements * size) * tensor.count },
      );
  }
  return amountOf(tally);
};

/**
 * Adafactor without momentum: sums over rows and over columns instead of the second moment, in the gradient's dtype. In the step one tensor at
 * a time is there as fp32 squared gradient and its sum with ε, besides fp32 copies of a 16-bit gradient and parameter.
 *
 * @see transformers/optimization.py, `Adafactor.step`; Shazeer and Stern 2018, algorithm 4.
 */
export const adafactor: Optimizer = {
  states: (tensors) => factoredStates(tensors, (tensor) => tensor.gradientBytes),
  temporaries: (tensors) =>
    largestElements(
      tensors,
      (tensor) =>
        2 * ELEMENT_BYTES.fp32 +
        (tensor.gradientBytes < ELEMENT_BYTES.fp32 ? ELEMENT_BYTES.fp32 : 0) +
        (tensor.parameterBytes < ELEMENT_BYTES.fp32 ? ELEMENT_BYTES.fp32 : 0),
    ),
};
