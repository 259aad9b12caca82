import { fresh } from "#calc/tape/tensor.ts";
import { record } from "#calc/tape/record.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

const lookUp = (ids: Tensor, weight: Tensor): Tensor => {
  const table = weight.shape;
  const width = table.dims[1] ?? 1;
  const { dtype } = weight;
  return record({
    name: "embedding",
    inputs: [weight, ids],
    shape: shapeOf(...ids.shape.dims, width),
    dtype,
    saves: [ids],
    backward: () => [fresh(weight.tape, table, dtype)],
  });
};

/** `F.embedding(ids, weight)`: a trained table saves the ids and gets a dense gradient. */
export const embedding = (ids: Tensor, weight: Tensor): Tensor =>
  weight.tape.hooks.ranks?.lookUp?.(weight, ids) ?? lookUp(ids, weight);
