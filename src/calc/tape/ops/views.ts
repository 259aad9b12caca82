// Views and copies of one tensor: reshape, transpose, slice, split, expand, cat, pad, cast.

import { aliasOf, consume, fresh } from "#calc/tape/tensor.ts";
import {
  arrivedGradient,
  attach,
  recordView,
  startNode,
  record,
  emptyLike,
  inputOf,
  likeInput,
  passOn,
} from "#calc/tape/operation.ts";
import { type Shape, lastDim, sameElements, shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Backward, Tensor } from "#calc/tape/tape.ts";
import { promotedType, type Element } from "#calc/base/dtypes.ts";

const reshapeBack: Backward = (gradients, node) => {
  const g = arrivedGradient(gradients);
  if (g.permuted) return likeInput(gradients, node);
  const alias = aliasOf(g, inputOf(node).shape);
  alias.view = true;
  return [alias];
};

/** `x.view(...)`. Backward is a `reshape`: it copies a permuted gradient. */
export const view = (x: Tensor, shape: Shape, permuted = false): Tensor =>
  recordView(x, { name: "view", shape, permuted, backward: reshapeBack });

/** Whether `transpose(1, 2)` to this shape reorders elements: not where one of the two dimensions is 1. */
const reorders = ({ dims }: Shape): boolean => dims[1] !== 1 && dims[2] !== 1;

const transposeBack: Backward = (gradients, node) => {
  const g = arrivedGradient(gradients);
  const { shape } = inputOf(node);
  const alias = aliasOf(g, shape);
  alias.permuted = reorders(shape) !== g.permuted;
  alias.view = true;
  return [alias];
};

/** `x.transpose(1, 2)` to `shape`. A transposed view that is transposed back is contiguous again. */
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

/** `x.reshape(-1, h)` of [b, s−1, h] that are part of longer rows: a copy, but of one row, whose elements follow each other as they are. */
export const flatRows = (x: Tensor): Tensor => {
  const { shape, dtype } = x;
  if (x.tape.policies.singleRow) return view(x, shape);
  return record({ name: "clone", inputs: [x], shape, dtype, backward: passOn });
};

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

/** `x.expand(...)`: a view that repeats elements; backward sums over them. */
export const expand = (x: Tensor, shape: Shape): Tensor =>
  recordView(x, { name: "expand", shape, permuted: false, backward: likeInput });

/** `x.repeat(...)`: a copy that repeats elements; backward sums over them. */
export const repeat = (x: Tensor, shape: Shape): Tensor =>
  record({ name: "repeat", inputs: [x], shape, dtype: x.dtype, backward: likeInput });

/**
 * `x.reshape(out, rank, experts).permute(2, 0, 1)`: a view of a parameter. Backward copies the gradient into the order of the parameter.
 */
export const permuteFactor = (x: Tensor, shape: Shape): Tensor =>
  recordView(x, { name: "permute", shape, permuted: false, backward: likeInput });

/** A slice whose backward fills a tensor of the input's shape with zeros around the gradient, also where it takes everything. */
export const recordedSlice = (x: Tensor, shape: Shape): Tensor =>
  recordView(x, { name: "slice", shape, permuted: false, backward: likeInput });

/**
 * `x[..., :-1, :].contiguous()`, [b, s, V] → [b, s−1, V]: a copy, but in a batch of one row, whose elements follow each other as they are. PyTorch of that time
 * records a slice of the last dimension too, which takes everything: two nodes, and a new gradient of each.
 *
 * @see aten/src/ATen/TensorIndexing.h, `applySlice`, PyTorch 2.4 (only a slice that ends where the dimension does, not at the largest number, is left out)
 */
export const shifted = (x: Tensor): Tensor => {
  const [rows = 1, , ...rest] = x.shape.dims;
  const shape = shapeOf(rows, "s-1", ...rest);
  const slice = recordedSlice(recordedSlice(x, shape), shape);
  if (x.tape.policies.singleRow) return slice;
  return record({ name: "contiguous", inputs: [slice], shape, dtype: x.dtype, backward: passOn });
};

const cut: Backward = (gradients, { inputs }) => {
  const g = arrivedGradient(gradients);
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
    dtype: parts.reduce((widest, part) => promotedType(widest, part.dtype), parts[0].dtype),
    backward: cut,
  });
};

/** `torch.cat((a, b))` */
export const cat = (a: Tensor, b: Tensor, shape: Shape): Tensor => catAll([a, b], shape);

/**
 * `F.pad(x, ...)` of a sequence to whole chunks: a copy, even where nothing is added; so is the gradient. Where nothing is added, the copy
 * lies as x does; else it is contiguous.
 * `byChannel`: the copy lies as x does in any case. Positions of x lie next to each other in memory, which PyTorch takes for an image in
 * `channels_last`.
 */
export const pad = (x: Tensor, shape: Shape, byChannel = false): Tensor =>
  record({
    name: "constant_pad_nd",
    inputs: [x],
    shape,
    dtype: x.dtype,
    permuted: x.permuted && (byChannel || !x.tape.policies.paddedChunk),
    backward: likeInput,
  });

const castBack: Backward = (gradients, node) => [emptyLike(arrivedGradient(gradients), inputOf(node).dtype)];

/** `x.to(dtype)`: x itself if it has the dtype. A copy lies as x does, unless `permuted` says otherwise. */
export const to = (x: Tensor, dtype: Element, permuted = x.permuted): Tensor => {
  if (x.dtype === dtype) return x;
  return record({
    name: "to",
    inputs: [x],
    shape: x.shape,
    dtype,
    permuted,
    backward: castBack,
  });
};
