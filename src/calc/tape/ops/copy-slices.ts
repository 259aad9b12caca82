import { aliasOf, consume, fresh } from "#calc/tape/tensor.ts";
import { arrived, attach, startNode } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { slice } from "./view.ts";

/**
 * An operation in place on a part of a tensor: backward copies the whole gradient, and then the part of it.
 *
 * @see torch/csrc/autograd/functions/tensor.cpp, `CopySlices`
 */
const copySlices = (base: Tensor, other: Tensor, part: Shape): Tensor => {
  const { shape } = base;
  const node = startNode("CopySlices", [base, other], (gradients) => {
    const { tape, dtype } = arrived(gradients);
    const whole = fresh(tape, shape, dtype);
    return [whole, fresh(tape, part, dtype)];
  });
  const result = attach(aliasOf(base, shape), node);
  consume(base);
  consume(other);
  return result;
};

/** `base[:, :-1].div_(number)`: backward copies the whole gradient, then its part, and makes the quotient of that, which goes back into the copy. */
export const dividePart = (base: Tensor, part: Shape): Tensor => {
  const { shape } = base;
  const node = startNode("CopySlices", [base], (gradients) => {
    const { tape, dtype } = arrived(gradients);
    const whole = fresh(tape, shape, dtype);
    for (let made = 0; made < 2; made++) fresh(tape, part, dtype);
    return [whole];
  });
  const result = attach(aliasOf(base, shape), node);
  consume(base);
  return result;
};

/**
 * `base[1:] += other`: Python adds in place to the view `base[1:]`, and then assigns the view to `base[1:]`, which copies it onto itself.
 */
export const addToPart = (base: Tensor, other: Tensor, part: Shape): Tensor => {
  const added = copySlices(base, other, part);
  added.bindings++;
  const tail = slice(added, part);
  added.bindings--;
  return copySlices(added, tail, part);
};
