import { aliasOf, consume, fresh } from "#calc/tape/tensor.ts";
import { arrived, attach, save, startNode } from "#calc/tape/record.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** `base.index_add_(0, indices, source)`: in place; saves the indices, and backward picks the source's rows out of the gradient. */
export const addTo = (base: Tensor, source: Tensor, indices: Tensor): Tensor => {
  const { shape } = source;
  const node = startNode("index_add_", [base, source], (gradients) => {
    const g = arrived(gradients);
    return [g, fresh(g.tape, shape, g.dtype)];
  });
  if (node !== null) save(node, indices);
  const sum = attach(aliasOf(base, base.shape), node);
  consume(base);
  consume(source);
  return sum;
};
