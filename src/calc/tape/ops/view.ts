import { arrived, attach, recordView, startNode } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/shape.ts";
import { lastDim, sameElements, withLast } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { aliasOf, consume, fresh } from "#calc/tape/tape.ts";
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

/** `x[..., from:to]`: a view; its backward fills a full-size tensor with zeros around the gradient. A slice of everything is an alias. */
export const slice = (x: Tensor, shape: Shape): Tensor => {
  const from = x.shape;
  if (sameElements(from, shape)) {
    return recordView(x, { name: "alias", shape, permuted: x.permuted, backward: (gradients) => [arrived(gradients)] });
  }
  return recordView(x, {
    name: "slice",
    shape,
    permuted: x.permuted,
    backward: (gradients) => [fresh(x.tape, from, arrived(gradients).dtype)],
  });
};

/** `x.split(...)` along the last dimension: views with one node, whose backward puts all their gradients side by side in one new tensor. */
export const split = (x: Tensor, shapes: readonly Shape[]): readonly Tensor[] => {
  const from = x.shape;
  const { tape, dtype } = x;
  const node = startNode("split", [x], (gradients) => [
    fresh(tape, from, gradients.find((gradient) => gradient !== null)?.dtype ?? dtype),
  ]);
  const parts = shapes.map((shape) => {
    const part = attach(aliasOf(x, shape), node);
    part.permuted = x.permuted;
    part.view = true;
    return part;
  });
  consume(x);
  return parts;
};

/** `x.chunk(count, dim=-1)` */
export const chunk = (x: Tensor, count: number): readonly Tensor[] => {
  const part = withLast(x.shape, Number(lastDim(x.shape)) / count);
  return split(
    x,
    Array.from({ length: count }, () => part),
  );
};

/** `x.expand(...)`: a view that repeats; its backward sums. */
export const expand = (x: Tensor, shape: Shape): Tensor => {
  const from = x.shape;
  return recordView(x, {
    name: "expand",
    shape,
    permuted: false,
    backward: (gradients) => [fresh(x.tape, from, arrived(gradients).dtype)],
  });
};

/** `x.repeat(...)`: a copy as often as said; its backward sums. */
export const stretch = (x: Tensor, shape: Shape): Tensor => {
  const from = x.shape;
  return record({
    name: "repeat",
    inputs: [x],
    shape,
    dtype: x.dtype,
    backward: (gradients) => [fresh(x.tape, from, arrived(gradients).dtype)],
  });
};

/** `x.reshape(out, rank, experts).permute(2, 0, 1)`: a view of a parameter; its backward copies the gradient back into the parameter's order. */
export const permuteFactor = (x: Tensor, shape: Shape): Tensor => {
  const from = x.shape;
  return recordView(x, {
    name: "permute",
    shape,
    permuted: false,
    backward: (gradients) => [fresh(x.tape, from, arrived(gradients).dtype)],
  });
};

/** `x[..., :-1, :].contiguous()`, counted with all rows: a copy; its backward fills a full-size tensor with zeros around the gradient. */
export const shifted = (x: Tensor): Tensor =>
  record({
    name: "shift",
    inputs: [x],
    shape: x.shape,
    dtype: x.dtype,
    backward: (gradients) => [fresh(x.tape, x.shape, arrived(gradients).dtype)],
  });
