import { allocated } from "#calc/allocation.ts";
import type { Amount } from "#calc/formula/amount.ts";
import { constant } from "#calc/formula/inputs.ts";
import { amountOf, type Tally, tallyUp } from "#calc/formula/tally.ts";
import type { TrainedTensor } from "./trained-tensor.ts";

/**
 * Bytes of `copies` tensors of the shape of each trained tensor, each rounded up to a block: n × bytes × copies.
 *
 * @param bytesOf bytes of one element.
 */
export const elementwise = (
  tensors: readonly TrainedTensor[],
  copies: number,
  bytesOf: (tensor: TrainedTensor) => number,
): Amount => {
  const tally: Tally = new Map();
  for (const tensor of tensors) {
    const size = bytesOf(tensor);
    tallyUp(
      tally,
      {
        name: "trained parameters",
        factors:
          copies === 1 ? [constant("bytes each", size)] : [constant("bytes each", size), constant("states", copies)],
      },
      { elements: tensor.elements * tensor.count, bytes: copies * tensor.count * allocated(tensor.elements * size) },
    );
  }
  return amountOf(tally);
};
