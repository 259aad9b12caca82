// Matrix products: linear, bmm, matmul, einsum, grouped products of experts, convolution, repeated heads.

import { aliasOf, fresh, drop } from "#calc/tape/tensor.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import { arrivedGradient, record, recordView, bothInputsOf, gradientOf, likeInput } from "#calc/tape/operation.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { type Shape, shapeOf, lastDim, withLast } from "#calc/tape/ledger/shape.ts";
import type { Backward, Tensor } from "#calc/tape/tape.ts";
import { contiguous, repeat } from "./views.ts";
import { assert } from "#calc/base/guards.ts";
import type { Dim } from "#calc/tape/ledger/dimension.ts";

/** [b, heads, m, n] → [b·heads, m, n]: a view, but a copy where b > 1 and elements are permuted. */
export const asBatch = (x: Tensor): Tensor => bind(x.tape.policies.singleRow ? x : contiguous(x));

const productBackward: Backward = (gradients, node) => {
  const [a, b] = bothInputsOf(node);
  const g = arrivedGradient(gradients);
  const ofB = gradientOf(g, b);
  return [gradientOf(g, a), ofB];
};

const product = (a: Tensor, b: Tensor, shape: Shape): Tensor => {
  return record({
    name: "bmm",
    inputs: [a, b],
    shape,
    dtype: a.dtype,
    saves: [b.node !== null && a, a.node !== null && b],
    backward: productBackward,
  });
};

/** [b·heads, m, n] → [b, heads, m, n]: a view. Backward turns the gradient back as `asBatch` does. */
const fromBatch = (x: Tensor): Tensor =>
  recordView(x, {
    name: "view",
    shape: x.shape,
    permuted: false,
    backward: (gradients) => {
      const g = arrivedGradient(gradients);
      return [g.permuted && !g.tape.policies.singleRow ? fresh(g.tape, g.shape, g.dtype) : g];
    },
  });

/** `torch.bmm` of operands that need no copy. Autocast casts the second first. */
export const bmm = (a: Tensor, b: Tensor, shape: Shape): Tensor =>
  scoped(a.tape, () => {
    const [first, second] = [bind(a), bind(b)];
    const castSecond = bind(castForMatmul(second));
    return product(bind(castForMatmul(first)), castSecond, shape);
  });

/** `torch.matmul` of [b, heads, m, k] and [b, heads or 1, k, n] → [b, heads, m, n]. Autocast casts the second first. */
export const matmul = (a: Tensor, b: Tensor): Tensor => {
  const [rows = 1, heads = 1, m = 1] = a.shape.dims;
  const shape = shapeOf(rows, heads, m, b.shape.dims[3] ?? 1);
  return scoped(a.tape, () => {
    const second = bind(castForMatmul(b));
    const first = bind(castForMatmul(a));
    const repeated = heads === b.shape.dims[1] ? second : repeatHeads(second, Number(heads));
    return fromBatch(product(asBatch(first), asBatch(repeated), shape));
  });
};

/** `x.transpose(-2, -1)`: a view, and so is the gradient. */
export const transposeMatrices = (x: Tensor): Tensor => {
  const from = x.shape;
  const { dims } = from;
  return recordView(x, {
    name: "transpose",
    shape: shapeOf(...dims.slice(0, -2), dims.at(-1) ?? 1, dims.at(-2) ?? 1),
    permuted: x.permuted,
    backward: (gradients) => {
      const alias = aliasOf(arrivedGradient(gradients), from);
      alias.view = true;
      return [alias];
    },
  });
};

const repeated = (x: Tensor, times: number): Shape => {
  const [rows = 1, heads = 1, s = 1, width = 1] = x.shape.dims;
  return shapeOf(rows, Number(heads) * times, s, width);
};

/** `repeat_interleave` of heads: each written `times` times; the gradient is summed over each group. */
export const repeatInterleave = (x: Tensor, times: number): Tensor => repeat(x, repeated(x, times));

/** `repeat_kv`: a copy, as `repeat_interleave` makes. A single head is expanded, a view that a product copies where b > 1. */
export const repeatHeads = (x: Tensor, times: number): Tensor => {
  if (times === 1) return x;
  if (x.shape.dims[1] !== 1) return repeatInterleave(x, times);
  return recordView(x, { name: "repeat_kv", shape: repeated(x, times), permuted: true, backward: likeInput });
};

/** The gradient as rows, [b, s, n] → [b·s, n]. If it is permuted it is copied first, and dropped. */
const asRows = (g: Tensor): Tensor => {
  if (!g.permuted || g.tape.policies.singleRow) return g;
  const rows = fresh(g.tape, g.shape, g.dtype);
  drop(g);
  return rows;
};

/** The gradient of x, made as rows and seen as x: [b·s, n] → [b, s, n]. It is a view, so nothing is added into it in place. */
const ofRows = (g: Tensor, x: Tensor): Tensor | null => {
  const gradient = gradientOf(g, x);
  if (gradient !== null) gradient.view = true;
  return gradient;
};

const linearProductBackward: Backward = (gradients, node) => {
  const [x, weight] = bothInputsOf(node);
  const g = asRows(arrivedGradient(gradients));
  const weightGradient = gradientOf(g, weight);
  return [ofRows(g, x), weightGradient];
};

const productWithBiasBackward: Backward = (gradients, { inputs }) => {
  const [x, weight, bias] = inputs as readonly [Tensor, Tensor, Tensor];
  const g = asRows(arrivedGradient(gradients));
  return [ofRows(g, x), gradientOf(g, weight), gradientOf(g, bias)];
};

const linearProduct = (x: Tensor, weight: Tensor): Tensor => {
  return record({
    name: "mm",
    inputs: [x, weight],
    shape: withLast(x.shape, weight.shape.dims[0] ?? 1),
    dtype: x.dtype,
    saves: [weight.node !== null && x, x.node !== null && weight],
    backward: linearProductBackward,
  });
};

const productWithBias = (x: Tensor, weight: Tensor, bias: Tensor): Tensor => {
  return record({
    name: "addmm",
    inputs: [x, weight, bias],
    shape: withLast(x.shape, weight.shape.dims[0] ?? 1),
    dtype: x.dtype,
    saves: [weight.node !== null && x, x.node !== null && weight],
    backward: productWithBiasBackward,
  });
};

/**
 * `F.linear(x, weight, bias)`. Autocast casts the bias first, then the weight, then x. Without a bias, backward makes the weight's gradient
 * first; with one, that of x.
 */
export const linear = (x: Tensor, weight: Tensor, bias: Tensor | null): Tensor => {
  assert(lastDim(x.shape) === weight.shape.dims[1], "a matrix takes vectors of its width");
  if (bias === null) {
    const castWeight = castForMatmul(weight);
    return linearProduct(castForMatmul(x), castWeight);
  }
  const castBias = castForMatmul(bias);
  const castWeight = castForMatmul(weight);
  return productWithBias(castForMatmul(x), castWeight, castBias);
};

/** Backward of an operand: a view of the gradient, back in the operand's own order. */
const backInOrder =
  (shape: Shape): Backward =>
  (gradients) => {
    const alias = aliasOf(arrivedGradient(gradients), shape);
    alias.permuted = true;
    alias.view = true;
    return [alias];
  };

/** An operand of `torch.einsum` that must be copied into the order that `bmm` takes. */
export const copiedOperand = (x: Tensor): Tensor =>
  record({ name: "clone", inputs: [x], shape: x.shape, dtype: x.dtype, backward: backInOrder(x.shape) });

/** An operand of `torch.einsum` that lies in that order already: a view. */
export const operand = (x: Tensor): Tensor =>
  recordView(x, { name: "permute", shape: x.shape, permuted: false, backward: backInOrder(x.shape) });

/**
 * The result of `torch.einsum`: the product of `bmm`, seen in the order that was asked for. A gradient that is contiguous in that order is
 * copied back into the order of `bmm`.
 */
export const einsumResult = (product: Tensor): Tensor => {
  const { shape } = product;
  return recordView(product, {
    name: "permute",
    shape,
    permuted: true,
    backward: (gradients) => {
      const g = arrivedGradient(gradients);
      if (!g.permuted) return [fresh(g.tape, shape, g.dtype)];
      const alias = aliasOf(g, shape);
      alias.permuted = false;
      alias.view = true;
      return [alias];
    },
  });
};

/**
 * `weight`: a matrix for each expert. `offsets`: up to which row of x each expert's rows reach; null: all experts have the same number of
 * rows. `width`: of the result.
 */
type Groups = Readonly<{ weight: Tensor; offsets: Tensor | null; width: Dim }>;

/** `F.grouped_mm`, `torch.bmm`: each expert's matrix on its rows of x; gradient of the weights first. */
export const groupedMm = (x: Tensor, { weight, offsets, width }: Groups): Tensor => {
  const [xNeeds, weightNeeds] = [x.node !== null, weight.node !== null];
  const [ofX, ofWeight] = [x.shape, weight.shape];
  return record({
    name: "grouped_mm",
    inputs: [x, weight, ...(offsets === null ? [] : [offsets])],
    shape: withLast(ofX, width),
    dtype: x.dtype,
    saves: [weightNeeds && x, xNeeds && weight, offsets ?? false],
    backward: (gradients) => {
      const g = arrivedGradient(gradients);
      const weightGradient = weightNeeds ? fresh(g.tape, ofWeight, g.dtype) : null;
      return [xNeeds ? fresh(g.tape, ofX, g.dtype) : null, weightGradient, null];
    },
  });
};

/** `F.conv1d(x, weight, bias, padding=kernel - 1, groups=channels)`: [b, channels, s] → [b, channels, s + kernel − 1]. */
export const conv1d = (input: Tensor, kernel: Tensor, bias: Tensor | null): Tensor => {
  const castBias = bias === null ? null : castForMatmul(bias);
  const weight = castForMatmul(kernel);
  const x = castForMatmul(input);
  const inputs = castBias === null ? [x, weight] : [x, weight, castBias];
  const needs = inputs.map(({ node, shape }) => (node === null ? null : shape));
  const [, channels = 1] = x.shape.dims;
  return record({
    name: "conv1d",
    inputs,
    shape: shapeOf("b", channels, weight.shape.dims[1] === 3 ? "s+2" : "s+3"),
    dtype: x.dtype,
    saves: [x, weight],
    backward: (gradients) => {
      const { tape, dtype } = arrivedGradient(gradients);
      return needs.map((shape) => (shape === null ? null : fresh(tape, shape, dtype)));
    },
  });
};
