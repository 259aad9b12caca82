import { aliasOf, fresh } from "#calc/tape/tensor.ts";
import { arrived, record, recordView } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import type { Backward, Tensor } from "#calc/tape/tape.ts";

/** Backward of an operand: a view of the gradient, back in the operand's own order. */
const backInOrder =
  (shape: Shape): Backward =>
  (gradients) => {
    const alias = aliasOf(arrived(gradients), shape);
    alias.permuted = true;
    alias.view = true;
    return [alias];
  };

/** An operand of `torch.einsum` that must be copied into the order that `bmm` takes. */
export const copiedOperand = (x: Tensor): Tensor =>
  record({ name: "clone", inputs: [x], shape: x.shape, dtype: x.dtype, backward: backInOrder(x.shape) });

/** An operand of `torch.einsum` that lies in that order already: a view. */
export const operand = (x: Tensor): Tensor =>
  recordView(x, { name: "permute", shape: x.shape, permuted: false, backward: backInOrder(x.shape) });

/**
 * The result of `torch.einsum`: the product of `bmm`, seen in the order that was asked for. A gradient that is contiguous in that order is
 * copied back into the order of `bmm`.
 */
export const einsumResult = (product: Tensor): Tensor => {
  const { shape } = product;
  return recordView(product, {
    name: "permute",
    shape,
    permuted: true,
    backward: (gradients) => {
      const g = arrived(gradients);
      if (!g.permuted) return [fresh(g.tape, shape, g.dtype)];
      const alias = aliasOf(g, shape);
      alias.permuted = false;
      alias.view = true;
      return [alias];
    },
  });
};
