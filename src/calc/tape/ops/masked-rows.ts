import type { Element } from "#calc/base/element.ts";
import { arrived, attach, like, record, save, startNode } from "#calc/tape/record.ts";
import { aliasOf, consume, drop, freshBy } from "#calc/tape/tensor.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { likeGradient, likeInput } from "./backwards.ts";

/** `x[mask]`: a copy of the rows that the mask keeps; saves the mask. Backward writes their gradients into zeros of x's shape. */
export const maskedRows = (x: Tensor, mask: Tensor, shape: Shape): Tensor =>
  record({ name: "index", inputs: [x, mask], shape, dtype: x.dtype, saves: [mask], backward: likeInput });

const zerosFor = ({ tape }: Tensor, { shape }: Tensor, dtype: Element): Tensor =>
  freshBy(tape, { name: "new_zeros", shape, dtype });

/**
 * `x.new_zeros(mask.shape).masked_scatter(mask, x)`: values in their places among zeros. The zeros go when the copy is made. Saves the mask; backward takes the
 * gradients of the values out again.
 */
export const scatterMasked = (x: Tensor, mask: Tensor): Tensor => {
  const { shape } = x;
  const zeros = zerosFor(x, mask, x.dtype);
  const scattered = record({
    name: "masked_scatter",
    inputs: [x, mask],
    shape: mask.shape,
    dtype: x.dtype,
    saves: [mask],
    backward: (gradients) => [freshBy(x.tape, { name: "masked_scatter", shape, dtype: arrived(gradients).dtype })],
  });
  drop(zeros);
  return scattered;
};

/** `x * mask`, the mask of whole numbers: saves it. */
export const masked = (x: Tensor, mask: Tensor): Tensor =>
  record({ name: "mul", inputs: [x, mask], shape: x.shape, dtype: x.dtype, saves: [mask], backward: likeGradient });

/** `x[mask] = 0`: in x's storage. Saves the mask; backward copies the gradient, and copies it once more as it writes zeros into it on fake tensors. */
export const maskedOut = (x: Tensor, mask: Tensor): Tensor => {
  const node = startNode("index_put_", [x], (gradients) => {
    const g = arrived(gradients);
    return [like(g)];
  });
  if (node !== null) save(node, mask);
  const result = attach(aliasOf(x, x.shape), node);
  for (const input of [x, mask]) consume(input);
  return result;
};
