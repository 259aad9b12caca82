import { promote } from "#calc/tape/element.ts";
import { arrived, record } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { aliasOf } from "#calc/tape/tape.ts";

/** `torch.cat(parts)`: a new tensor in plain order; backward hands out views of the gradient. */
export const catAll = (parts: readonly [Tensor, ...Tensor[]], shape: Shape): Tensor => {
  const shapes = parts.map((part) => part.shape);
  return record({
    name: "cat",
    inputs: parts,
    shape,
    dtype: parts.reduce((widest, part) => promote(widest, part.dtype), parts[0].dtype),
    backward: (gradients) => {
      const g = arrived(gradients);
      return shapes.map((part) => {
        const alias = aliasOf(g, part);
        alias.view = true;
        return alias;
      });
    },
  });
};

/** `torch.cat((a, b))` */
export const cat = (a: Tensor, b: Tensor, shape: Shape): Tensor => catAll([a, b], shape);
