// Elementwise selection: where, minimum, masked fill.

import { drop, fresh } from "#calc/tape/tensor.ts";
import { arrivedGradient, emptyLike, record, likeGradient } from "#calc/tape/operation.ts";
import { ONE } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** `torch.where(condition, a, b)`: the gradient of each is `where` of the gradient that arrived and a zero. */
export const where = (condition: Tensor, a: Tensor, b: Tensor): Tensor => {
  const bNeeds = b.node !== null;
  return record({
    name: "where",
    inputs: [a, b, condition],
    shape: a.shape,
    dtype: a.dtype,
    permuted: a.permuted,
    saves: [condition],
    backward: (gradients) => {
      const g = arrivedGradient(gradients);
      const half = (): Tensor => {
        fresh(g.tape, ONE, g.dtype);
        return emptyLike(g);
      };
      return [half(), bNeeds ? half() : null, null];
    },
  });
};

/** `torch.min(x, number)`, the number a tensor: backward is `where(x == number, g / 2, g).masked_fill(x > number, 0)`. */
export const minimumWithNumber = (x: Tensor, number: Tensor): Tensor =>
  record({
    name: "minimum",
    inputs: [x, number],
    shape: x.shape,
    dtype: x.dtype,
    permuted: x.permuted,
    saves: [x, number],
    backward: (gradients) => {
      const g = arrivedGradient(gradients);
      emptyLike(g);
      emptyLike(g, "bool");
      const gradient = emptyLike(g);
      emptyLike(g, "bool");
      return [gradient, null];
    },
  });

/** `x.masked_fill(mask, number)` */
export const maskedFill = (x: Tensor, mask: Tensor): Tensor =>
  record({
    name: "masked_fill",
    inputs: [x, mask],
    shape: x.shape,
    dtype: x.dtype,
    permuted: x.permuted,
    saves: [mask],
    backward: likeGradient,
  });

/** `torch.min(a, b)`: saves both. Of each it makes half of the gradient, two masks and the gradient, one after the other. */
export const minimumOfBoth = (a: Tensor, b: Tensor): Tensor =>
  record({
    name: "minimum",
    inputs: [a, b],
    shape: a.shape,
    dtype: a.dtype,
    permuted: a.permuted,
    saves: [a, b],
    backward: (gradients) => {
      const g = arrivedGradient(gradients);
      const ofOne = (): Tensor => {
        const half = emptyLike(g);
        const gradient = emptyLike(g);
        [half, emptyLike(g, "bool"), emptyLike(g, "bool")].forEach(drop);
        return gradient;
      };
      return [ofOne(), ofOne()];
    },
  });
