import { isNeverMore } from "#calc/tape/ledger/growth-order.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import { sameElements } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** What broadcasting gives, for operands of which one has all the elements of the result. */
export const broadcast = (one: Tensor, other: Tensor): Shape => {
  if (sameElements(one.shape, other.shape)) return one.shape;
  const isLarger =
    one.shape.growth === other.shape.growth
      ? one.shape.factor > other.shape.factor
      : isNeverMore(other.shape.growth, one.shape.growth);
  return isLarger ? one.shape : other.shape;
};

/** Elements lie as in the first operand that has them all. */
export const layoutOf = (shape: Shape, one: Tensor, other: Tensor): boolean =>
  sameElements(shape, one.shape) ? one.permuted : other.permuted;
