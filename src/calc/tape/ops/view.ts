import { aliasOf, consume, fresh } from "#calc/tape/tensor.ts";
import { arrived, attach, recordView, startNode } from "#calc/tape/record.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import { lastDim, sameElements, withLast } from "#calc/tape/ledger/shape.ts";
import type { Backward, Tensor } from "#calc/tape/tape.ts";
import { record } from "#calc/tape/record.ts";
import { inputOf, likeInput, passOn } from "./backwards.ts";

const reshapeBack: Backward = (gradients, node) => {
  const g = arrived(gradients);
  if (g.permuted) return likeInput(gradients, node);
  const alias = aliasOf(g, inputOf(node).shape);
  alias.view = true;
  return [alias];
};

/** `x.view(...)`; its backward is a `reshape`, which copies a gradient that lies in another order. */
export const view = (x: Tensor, shape: Shape, permuted = false): Tensor =>
  recordView(x, { name: "view", shape, permuted, backward: reshapeBack });

/** Whether a transposed view of the shape lies in another order than what it was made of. */
const reorders = ({ dims }: Shape): boolean => dims[1] !== 1 && dims[2] !== 1;

const transposeBack: Backward = (gradients, node) => {
  const g = arrived(gradients);
  const { shape } = inputOf(node);
  const alias = aliasOf(g, shape);
  alias.permuted = reorders(shape) !== g.permuted;
  alias.view = true;
  return [alias];
};

/** `x.transpose(1, 2)` to `shape`; where one of the two has a single entry, elements lie in order either way. */
export const transpose = (x: Tensor, shape: Shape): Tensor =>
  recordView(x, { name: "transpose", shape, permuted: reorders(shape) !== x.permuted, backward: transposeBack });

/** `x.contiguous()`: a copy only where elements lie in another order. */
export const contiguous = (x: Tensor): Tensor => {
  if (!x.permuted) return x;
  return record({
    name: "clone",
    inputs: [x],
    shape: x.shape,
    dtype: x.dtype,
    backward: passOn,
  });
};

/** `x.reshape(...)`: a view where that is possible, else a copy. */
export const reshape = (x: Tensor, shape: Shape): Tensor => view(contiguous(x), shape);

/** `x[..., from:to]`: a view; its backward fills a full-size tensor with zeros around the gradient. A slice of everything is an alias. */
export const slice = (x: Tensor, shape: Shape): Tensor => {
  const { permuted } = x;
  return sameElements(x.shape, shape)
    ? recordView(x, { name: "alias", shape, permuted, backward: passOn })
    : recordView(x, { name: "slice", shape, permuted, backward: likeInput });
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
export const expand = (x: Tensor, shape: Shape): Tensor =>
  recordView(x, { name: "expand", shape, permuted: false, backward: likeInput });

/** `x.repeat(...)`: written several times; its backward sums. */
export const repeat = (x: Tensor, shape: Shape): Tensor =>
  record({ name: "repeat", inputs: [x], shape, dtype: x.dtype, backward: likeInput });

/** `x.reshape(out, rank, experts).permute(2, 0, 1)`: a view of a parameter; its backward copies the gradient back into the parameter's order. */
export const permuteFactor = (x: Tensor, shape: Shape): Tensor =>
  recordView(x, { name: "permute", shape, permuted: false, backward: likeInput });

/** `x[..., :-1, :].contiguous()`, counted with all rows: a copy; its backward fills a full-size tensor with zeros around the gradient. */
export const shifted = (x: Tensor): Tensor =>
  record({ name: "shift", inputs: [x], shape: x.shape, dtype: x.dtype, backward: likeInput });
