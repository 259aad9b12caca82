import { aliasOf, consume } from "#calc/tape/tensor.ts";
import { arrived, attach, like, recordView, startNode } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { likeInput } from "./backwards.ts";
import { compute } from "./compute.ts";

/** `zeros(...)[:, rows, cols] = values`: in place. Backward picks the values' gradient out of the matrix's; the indices are buffers. */
export const scattered = (values: Tensor, shape: Shape): Tensor => {
  const zeros = compute({ name: "zeros", shape, dtype: values.dtype }, values);
  const node = startNode("index_put_", [values], likeInput);
  const matrix = attach(aliasOf(zeros, shape), node);
  consume(zeros);
  return matrix;
};

/** `x.transpose(-2, -1)` of square matrices: a view, of whose gradient backward gives a view. */
export const transposed = (x: Tensor): Tensor => {
  const { shape } = x;
  return recordView(x, {
    name: "transpose",
    shape,
    permuted: x.permuted,
    backward: (gradients) => {
      const alias = aliasOf(arrived(gradients), shape);
      alias.view = true;
      return [alias];
    },
  });
};

/** `a.add_(b, alpha=...)`: the storage of a holds the sum; the gradient of b is another tensor. */
export const addScaledInPlace = (a: Tensor, b: Tensor): Tensor => {
  const node = startNode("add_", [a, b], (gradients) => {
    const g = arrived(gradients);
    return [g, like(g)];
  });
  const sum = attach(aliasOf(a, a.shape), node);
  consume(a);
  consume(b);
  return sum;
};
