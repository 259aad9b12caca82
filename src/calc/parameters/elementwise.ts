import { allocated } from "#calc/base/allocation.ts";
import type { Amount } from "#calc/base/formula/amount.ts";
import { constant } from "#calc/base/formula/inputs.ts";
import { amountOf, type Sort, type Tally, tallyUp } from "#calc/base/formula/tally.ts";
import type { TrainedTensor } from "./trained-tensor.ts";

const sortOf = (size: number, copies: number): Sort => ({
  name: "trained parameters",
  factors: copies === 1 ? [constant("bytes each", size)] : [constant("bytes each", size), constant("states", copies)],
});

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
  const tally: Tally = [];
  let size = Number.NaN;
  let sort: Sort = sortOf(0, copies);
  for (const tensor of tensors) {
    // Tensors of one dtype follow one another: one sort serves them all.
    if (bytesOf(tensor) !== size) {
      size = bytesOf(tensor);
      sort = sortOf(size, copies);
    }
    tallyUp(tally, sort, {
      elements: tensor.elements * tensor.count,
      bytes: copies * tensor.count * allocated(tensor.elements * size),
    });
  }
  return amountOf(tally);
};
