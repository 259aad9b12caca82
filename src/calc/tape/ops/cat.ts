import { promote } from "#calc/tape/element.ts";
import { arrived, record } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { aliasOf } from "#calc/tape/tape.ts";

/** `torch.cat((a, b), dim=-1)`: a new tensor in plain order; backward hands out views of the gradient. */
export const cat = (a: Tensor, b: Tensor, shape: Shape): Tensor => {
  const shapes = [a.shape, b.shape];
  return record({
    name: "cat",
    inputs: [a, b],
    shape,
    dtype: promote(a.dtype, b.dtype),
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
