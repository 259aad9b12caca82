import { aliasOf, consume } from "#calc/tape/tensor.ts";
import { arrived, attach, save, startNode } from "#calc/tape/record.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { likeGradient } from "./operation.ts";
import { toBoth } from "./arithmetic.ts";

/** `a.add_(b)`: a's storage holds the sum; both get the same gradient. */
export const addInPlace = (a: Tensor, b: Tensor): Tensor => {
  const node = startNode("add_", [a, b], toBoth);
  const sum = attach(aliasOf(a, a.shape), node);
  consume(a);
  consume(b);
  return sum;
};

/** `a[..., from:to].add_(b)`: some columns of a's storage hold the sum; b gets those columns of a's gradient. */
export const addToColumns = (a: Tensor, b: Tensor): Tensor => {
  const { shape } = b;
  const node = startNode("add_", [a, b], (gradients) => {
    const columns = aliasOf(arrived(gradients), shape);
    columns.view = true;
    return [arrived(gradients), columns];
  });
  const sum = attach(aliasOf(a, a.shape), node);
  consume(a);
  consume(b);
  return sum;
};

/** `x /= number`, or `x *= by`, where `by` is a tensor of one element, which is saved. The result is on the storage of x. */
export const scaleInPlace = (x: Tensor, by: Tensor | null = null): Tensor => {
  const node = startNode("mul_", [x], likeGradient);
  if (node !== null && by !== null) save(node, by);
  const scaled = attach(aliasOf(x, x.shape), node);
  consume(x);
  return scaled;
};

/** `x.masked_fill_(mask, number)`: saves the mask. The result is on the storage of x. */
export const maskedFillInPlace = (x: Tensor, mask: Tensor): Tensor => {
  const node = startNode("masked_fill_", [x], likeGradient);
  if (node !== null) save(node, mask);
  const filled = attach(aliasOf(x, x.shape), node);
  consume(x);
  return filled;
};
