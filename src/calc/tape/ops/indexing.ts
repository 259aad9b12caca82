// Indexing operations: gather, top-k, masked rows, index_put, copies into slices, embedding.

import { consume, drop, fresh, freshBy, aliasOf } from "#calc/tape/tensor.ts";
import {
  arrivedGradient,
  attach,
  record,
  save,
  startNode,
  emptyLike,
  likeInput,
  withoutGraph,
  inPlace,
} from "#calc/tape/operation.ts";
import { type Shape, lastDim, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Element } from "#calc/base/dtypes.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { slice } from "./views.ts";

/** A zero-filled gradient that values are written into; on fake tensors the result of writing is a second tensor. */
const putInto = (like: Tensor, shape: Shape, dtype: Tensor["dtype"]): Tensor => {
  const zeros = fresh(like.tape, shape, dtype);
  return like.tape.policies.fakeTensors ? fresh(like.tape, shape, dtype) : zeros;
};

/** `x[indices]`: rows of x in another order or number; saves the indices. */
export const gather = (x: Tensor, indices: Tensor, shape: Shape): Tensor => {
  const from = x.shape;
  return record({
    name: "index",
    inputs: [x, indices],
    shape,
    dtype: x.dtype,
    saves: [indices],
    backward: (gradients) => [putInto(arrivedGradient(gradients), from, arrivedGradient(gradients).dtype), null],
  });
};

/** `torch.topk(x, k, dim=-1)` or `x.max(dim=-1)`: values and their indices. */
export const topk = (x: Tensor, shape: Shape): readonly [values: Tensor, indices: Tensor] => {
  const from = x.shape;
  const node = startNode("topk", [x], (gradients) => [
    putInto(arrivedGradient(gradients), from, arrivedGradient(gradients).dtype),
  ]);
  const values = attach(freshBy(x.tape, { name: "topk", shape, dtype: x.dtype }), node);
  const indices = freshBy(x.tape, { name: "topk", shape, dtype: "int64" });
  if (node !== null) save(node, indices);
  consume(x);
  return [values, indices];
};

/** Values alone; the indices stay only where backward needs them. */
export const topValues = (x: Tensor, shape: Shape): Tensor => {
  const [values, indices] = topk(x, shape);
  drop(indices);
  return values;
};

/**
 * `base[indices] = rows`, of a base that needs no gradient itself: the result is on its storage. Saves the indices; backward gathers the rows' gradients.
 *
 * @see tools/autograd/derivatives.yaml, `_index_put_impl_` (PyTorch 2.13)
 */
export const indexPut = (base: Tensor, rows: Tensor, indices: Tensor): Tensor => {
  const { shape } = rows;
  const node = startNode("index_put_", [rows], (gradients) => {
    const { tape, dtype } = arrivedGradient(gradients);
    return [fresh(tape, shape, dtype)];
  });
  if (node !== null) save(node, indices);
  return inPlace(node, [base, rows, indices]);
};

/** `x.index_select(0, index)`: a copy of some rows; saves the index. Backward adds their gradients into zeros of x's shape. */
export const indexSelect = (x: Tensor, index: Tensor, shape: Shape): Tensor =>
  record({ name: "index_select", inputs: [x, index], shape, dtype: x.dtype, saves: [index], backward: likeInput });

/** `x[mask]`: a copy of the rows that the mask keeps; saves the mask. Backward writes their gradients into zeros of x's shape. */
export const maskedRows = (x: Tensor, mask: Tensor, shape: Shape): Tensor =>
  record({ name: "index", inputs: [x, mask], shape, dtype: x.dtype, saves: [mask], backward: likeInput });

const zerosFor = ({ tape }: Tensor, { shape }: Tensor, dtype: Element): Tensor =>
  freshBy(tape, { name: "new_zeros", shape, dtype });

/**
 * `x.new_zeros(mask.shape).masked_scatter(mask, x)`: values in their places among zeros. The zeros go when the copy is made. Saves the mask; backward takes the
 * gradients of the values out again.
 */
export const scatterMasked = (x: Tensor, mask: Tensor): Tensor => {
  const { shape } = x;
  const zeros = zerosFor(x, mask, x.dtype);
  const scattered = record({
    name: "masked_scatter",
    inputs: [x, mask],
    shape: mask.shape,
    dtype: x.dtype,
    saves: [mask],
    backward: (gradients) => [
      freshBy(x.tape, { name: "masked_scatter", shape, dtype: arrivedGradient(gradients).dtype }),
    ],
  });
  drop(zeros);
  return scattered;
};

/** `x[mask] = 0`: in x's storage. Saves the mask; backward copies the gradient, and copies it once more as it writes zeros into it on fake tensors. */
export const zeroMasked = (x: Tensor, mask: Tensor): Tensor => {
  const node = startNode("index_put_", [x], (gradients) => {
    const g = arrivedGradient(gradients);
    return [emptyLike(g)];
  });
  if (node !== null) save(node, mask);
  return inPlace(node, [x, mask]);
};

/**
 * `logits[torch.arange(batch_size), last_non_pad_token]`: what a model gives at the last token of each row that is no padding, [b, s, n] → [b, n]. Saves both
 * indices; backward writes into zeros of all positions.
 *
 * @see transformers 5.24, modeling_layers.py, `GenericForSequenceClassification.forward`
 */
export const lastTokens = (logits: Tensor, input_ids: Tensor): Tensor =>
  scoped(logits.tape, () => {
    const positions = shapeOf("b", "s");
    const isToken = withoutGraph({ name: "ne", shape: positions, dtype: "bool" }, input_ids);
    const non_pad_mask = bind(withoutGraph({ name: "to", shape: positions, dtype: "int32" }, isToken));
    const token_indices = bind(withoutGraph({ name: "arange", shape: shapeOf("s"), dtype: "int32" }, input_ids));
    const masked = withoutGraph({ name: "mul", shape: positions, dtype: "int32" }, token_indices, non_pad_mask);
    const rows = shapeOf("b");
    const last_non_pad_token = bind(withoutGraph({ name: "argmax", shape: rows, dtype: "int64" }, masked));
    const batch = withoutGraph({ name: "arange", shape: rows, dtype: "int64" }, input_ids);
    return record({
      name: "index",
      inputs: [logits, batch, last_non_pad_token],
      shape: shapeOf("b", lastDim(logits.shape)),
      dtype: logits.dtype,
      saves: [batch, last_non_pad_token],
      backward: likeInput,
    });
  });

/**
 * `base[..., from:to].copy_(source)`, in place; with `indices`, which are saved, `base[indices] = source` or `base.scatter_(dim, indices,
 * source)`.
 * Backward copies the whole gradient, then its slice. Where the base needs a gradient too, zeros take the place of the slice.
 *
 * @see torch/csrc/autograd/functions/tensor.cpp, `CopySlices::apply`, `CopyBackwards::apply`
 */
export const copySlice = (base: Tensor, source: Tensor, indices: Tensor | null = null): Tensor => {
  const baseNeeds = base.node !== null;
  const { shape, dtype } = source;
  const node = startNode("copy_slices", [base, source], (gradients) => {
    const g = arrivedGradient(gradients);
    const result = emptyLike(g);
    const slice = fresh(g.tape, shape, g.dtype);
    if (baseNeeds) fresh(g.tape, shape, g.dtype);
    return [result, dtype === g.dtype ? slice : fresh(g.tape, shape, dtype)];
  });
  const copied = attach(aliasOf(base, base.shape), node);
  if (indices !== null) {
    if (node !== null) save(node, indices);
    consume(indices);
  }
  consume(base);
  consume(source);
  return copied;
};

/**
 * An operation in place on a part of a tensor: backward copies the whole gradient, and then the part of it.
 *
 * @see torch/csrc/autograd/functions/tensor.cpp, `CopySlices`
 */
const copySlices = (base: Tensor, other: Tensor, part: Shape): Tensor => {
  const { shape } = base;
  const node = startNode("CopySlices", [base, other], (gradients) => {
    const { tape, dtype } = arrivedGradient(gradients);
    const whole = fresh(tape, shape, dtype);
    return [whole, fresh(tape, part, dtype)];
  });
  return inPlace(node, [base, other]);
};

/** `base[:, :-1].div_(number)`: backward copies the whole gradient, then its part, and makes the quotient of that, which goes back into the copy. */
export const dividePart = (base: Tensor, part: Shape): Tensor => {
  const { shape } = base;
  const node = startNode("CopySlices", [base], (gradients) => {
    const { tape, dtype } = arrivedGradient(gradients);
    const whole = fresh(tape, shape, dtype);
    for (let made = 0; made < 2; made++) fresh(tape, part, dtype);
    return [whole];
  });
  return inPlace(node, [base]);
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

const lookUp = (ids: Tensor, weight: Tensor): Tensor => {
  const table = weight.shape;
  const width = table.dims[1] ?? 1;
  const { dtype } = weight;
  return record({
    name: "embedding",
    inputs: [weight, ids],
    shape: shapeOf(...ids.shape.dims, width),
    dtype,
    saves: [ids],
    backward: () => [fresh(weight.tape, table, dtype)],
  });
};

/** `F.embedding(ids, weight)`: a trained table saves the ids and gets a dense gradient. */
export const embedding = (ids: Tensor, weight: Tensor): Tensor =>
  weight.tape.hooks.ranks?.lookUp?.(weight, ids) ?? lookUp(ids, weight);
