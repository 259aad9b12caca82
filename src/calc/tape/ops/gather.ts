import { consume, drop, fresh, freshBy } from "#calc/tape/tensor.ts";
import { arrived, attach, record, save, startNode } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** A zero-filled gradient that values are written into; on fake tensors the result of writing is a second tensor. */
const putInto = (like: Tensor, shape: Shape, dtype: Tensor["dtype"]): Tensor => {
  const zeros = fresh(like.tape, shape, dtype);
  return like.tape.policies.fakeTensors ? fresh(like.tape, shape, dtype) : zeros;
};

/** `x[indices]`: rows of x in another order or number; saves the indices. */
export const gather = (x: Tensor, indices: Tensor, shape: Shape): Tensor => {
  const from = x.shape;
  return record({
    name: "index",
    inputs: [x, indices],
    shape,
    dtype: x.dtype,
    saves: [indices],
    backward: (gradients) => [putInto(arrived(gradients), from, arrived(gradients).dtype), null],
  });
};

/** `torch.topk(x, k, dim=-1)` or `x.max(dim=-1)`: values and their indices. */
export const topk = (x: Tensor, shape: Shape): readonly [values: Tensor, indices: Tensor] => {
  const from = x.shape;
  const node = startNode("topk", [x], (gradients) => [putInto(arrived(gradients), from, arrived(gradients).dtype)]);
  const values = attach(freshBy(x.tape, { name: "topk", shape, dtype: x.dtype }), node);
  const indices = freshBy(x.tape, { name: "topk", shape, dtype: "int64" });
  if (node !== null) save(node, indices);
  consume(x);
  return [values, indices];
};

/** Values alone; the indices stay only where backward needs them. */
export const topValues = (x: Tensor, shape: Shape): Tensor => {
  const [values, indices] = topk(x, shape);
  drop(indices);
  return values;
};
