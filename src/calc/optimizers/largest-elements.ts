import { allocated } from "#calc/base/allocation.ts";
import { type Amount, NOTHING, product } from "#calc/base/formula/amount.ts";
import { constant, counted } from "#calc/base/formula/inputs.ts";
import type { TrainedTensor } from "#calc/parameters/trained-tensor.ts";

/**
 * Bytes that a step needs for one tensor at a time: those of the tensor that needs most, `bytesOf` for each of its elements.
 */
export const largestElements = (
  tensors: readonly TrainedTensor[],
  bytesOf: (tensor: TrainedTensor) => number,
): Amount => {
  let largest = NOTHING;
  for (const tensor of tensors) {
    const size = bytesOf(tensor);
    const bytes = allocated(tensor.elements * size);
    if (bytes > largest.bytes)
      largest = {
        bytes,
        formula: product(
          counted("elements of the largest tensor", tensor.elements),
          constant("bytes in the step", size),
        ),
      };
  }
  return largest;
};
