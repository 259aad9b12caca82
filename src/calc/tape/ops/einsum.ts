import { aliasOf, fresh } from "#calc/tape/tensor.ts";
import { arrived, record, recordView } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import type { Backward, Tensor } from "#calc/tape/tape.ts";

/** The gradient of an operand lies as the operand did. */
const backInOrder =
  (shape: Shape): Backward =>
  (gradients) => {
    const alias = aliasOf(arrived(gradients), shape);
    alias.permuted = true;
    alias.view = true;
    return [alias];
  };

/** An operand of `torch.einsum`, copied into the order that the product of matrices takes. */
export const copiedOperand = (x: Tensor): Tensor =>
  record({ name: "clone", inputs: [x], shape: x.shape, dtype: x.dtype, backward: backInOrder(x.shape) });

/** An operand that lies in that order already. */
export const operand = (x: Tensor): Tensor =>
  recordView(x, { name: "permute", shape: x.shape, permuted: false, backward: backInOrder(x.shape) });

/** The product in the order that `torch.einsum` is asked for: a view; a gradient in that order is copied back. */
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
