import { fresh } from "#calc/tape/tensor.ts";
import { arrived, record } from "#calc/tape/record.ts";
import type { Dim } from "#calc/tape/ledger/dimension.ts";
import { withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/**
 * `weight`: a matrix for each expert. `offsets`: up to which row of x each expert's rows reach; null: all experts have the same number of
 * rows. `width`: of the result.
 */
export type Groups = Readonly<{ weight: Tensor; offsets: Tensor | null; width: Dim }>;

/** `F.grouped_mm`, `torch.bmm`: each expert's matrix on its rows of x; gradient of the weights first. */
export const groupedMm = (x: Tensor, { weight, offsets, width }: Groups): Tensor => {
  const [xNeeds, weightNeeds] = [x.node !== null, weight.node !== null];
  const [ofX, ofWeight] = [x.shape, weight.shape];
  return record({
    name: "grouped_mm",
    inputs: [x, weight, ...(offsets === null ? [] : [offsets])],
    shape: withLast(ofX, width),
    dtype: x.dtype,
    saves: [weightNeeds && x, xNeeds && weight, offsets ?? false],
    backward: (gradients) => {
      const g = arrived(gradients);
      const weightGradient = weightNeeds ? fresh(g.tape, ofWeight, g.dtype) : null;
      return [xNeeds ? fresh(g.tape, ofX, g.dtype) : null, weightGradient, null];
    },
  });
};
