import { isNeverMore } from "#calc/tape/ledger/growth-order.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import { sameElements } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** The shape of a broadcast result, given that one operand has it already: [b, s, h] and [h] → [b, s, h]. */
export const broadcast = (one: Tensor, other: Tensor): Shape => {
  if (sameElements(one.shape, other.shape)) return one.shape;
  const isLarger =
    one.shape.growth === other.shape.growth
      ? one.shape.factor > other.shape.factor
      : isNeverMore(other.shape.growth, one.shape.growth);
  return isLarger ? one.shape : other.shape;
};

/** Whether the result is permuted: the first operand that has the shape of the result decides. */
export const layoutOf = (shape: Shape, one: Tensor, other: Tensor): boolean =>
  sameElements(shape, one.shape) ? one.permuted : other.permuted;
