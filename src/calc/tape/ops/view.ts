import { arrived, recordView } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { aliasOf, fresh } from "#calc/tape/tape.ts";
import { record } from "#calc/tape/record.ts";

const copyOrAlias = (g: Tensor, shape: Shape): Tensor => {
  if (g.permuted) return fresh(g.tape, shape, g.dtype);
  const alias = aliasOf(g, shape);
  alias.view = true;
  return alias;
};

/** `x.view(...)`; its backward is a `reshape`, which copies a gradient that lies in another order. */
export const view = (x: Tensor, shape: Shape): Tensor => {
  const from = x.shape;
  return recordView(x, {
    name: "view",
    shape,
    permuted: false,
    backward: (gradients) => [copyOrAlias(arrived(gradients), from)],
  });
};

/** `x.transpose(1, 2)` to `shape`; where one of the two has a single entry, elements lie in order either way. */
export const transpose = (x: Tensor, shape: Shape): Tensor => {
  const from = x.shape;
  const reorders = shape.dims[1] !== 1 && shape.dims[2] !== 1;
  return recordView(x, {
    name: "transpose",
    shape,
    permuted: reorders !== x.permuted,
    backward: (gradients) => {
      const g = arrived(gradients);
      const alias = aliasOf(g, from);
      alias.permuted = reorders !== g.permuted;
      alias.view = true;
      return [alias];
    },
  });
};

/** `x.contiguous()`: a copy only where elements lie in another order. */
export const contiguous = (x: Tensor): Tensor => {
  if (!x.permuted) return x;
  return record({
    name: "clone",
    inputs: [x],
    shape: x.shape,
    dtype: x.dtype,
    backward: (gradients) => [arrived(gradients)],
  });
};

/** `x.reshape(...)`: a view where that is possible, else a copy. */
export const reshape = (x: Tensor, shape: Shape): Tensor => view(contiguous(x), shape);

/** `x[..., from:to]`: a view; its backward fills a full-size tensor with zeros around the gradient. */
export const slice = (x: Tensor, shape: Shape): Tensor => {
  const from = x.shape;
  return recordView(x, {
    name: "slice",
    shape,
    permuted: x.permuted,
    backward: (gradients) => [fresh(x.tape, from, arrived(gradients).dtype)],
  });
};
