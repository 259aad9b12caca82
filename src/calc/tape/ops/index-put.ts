import { aliasOf, consume, fresh } from "#calc/tape/tensor.ts";
import { arrived, attach, save, startNode } from "#calc/tape/record.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/**
 * `base[indices] = rows`, of a base that needs no gradient itself: the result is on its storage. Saves the indices; backward gathers the rows' gradients.
 *
 * @see tools/autograd/derivatives.yaml, `_index_put_impl_` (PyTorch 2.13)
 */
export const indexPut = (base: Tensor, rows: Tensor, indices: Tensor): Tensor => {
  const { shape } = rows;
  const node = startNode("index_put_", [rows], (gradients) => {
    const { tape, dtype } = arrived(gradients);
    return [fresh(tape, shape, dtype)];
  });
  if (node !== null) save(node, indices);
  const filled = attach(aliasOf(base, base.shape), node);
  for (const input of [base, rows, indices]) consume(input);
  return filled;
};
