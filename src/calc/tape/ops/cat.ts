import { aliasOf } from "#calc/tape/tensor.ts";
import { promote } from "#calc/base/element.ts";
import { arrived, record } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import type { Backward, Tensor } from "#calc/tape/tape.ts";

const cut: Backward = (gradients, { inputs }) => {
  const g = arrived(gradients);
  return inputs.map(({ shape }) => {
    const alias = aliasOf(g, shape);
    alias.view = true;
    return alias;
  });
};

/** `torch.cat(parts)`: a new contiguous tensor; backward returns views of the gradient. */
export const catAll = (parts: readonly [Tensor, ...Tensor[]], shape: Shape): Tensor => {
  return record({
    name: "cat",
    inputs: parts,
    shape,
    dtype: parts.reduce((widest, part) => promote(widest, part.dtype), parts[0].dtype),
    backward: cut,
  });
};

/** `torch.cat((a, b))` */
export const cat = (a: Tensor, b: Tensor, shape: Shape): Tensor => catAll([a, b], shape);
