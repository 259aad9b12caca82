import { drop, fresh } from "#calc/tape/tensor.ts";
import { assert } from "#calc/base/assert.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import { arrived, record } from "#calc/tape/record.ts";
import { lastDim, withLast } from "#calc/tape/ledger/shape.ts";
import type { Backward, Tensor } from "#calc/tape/tape.ts";
import { bothOf, gradientOf } from "./backwards.ts";

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

const productBackward: Backward = (gradients, node) => {
  const [x, weight] = bothOf(node);
  const g = asRows(arrived(gradients));
  const weightGradient = gradientOf(g, weight);
  return [ofRows(g, x), weightGradient];
};

const productWithBiasBackward: Backward = (gradients, { inputs }) => {
  const [x, weight, bias] = inputs as readonly [Tensor, Tensor, Tensor];
  const g = asRows(arrived(gradients));
  return [ofRows(g, x), gradientOf(g, weight), gradientOf(g, bias)];
};

const product = (x: Tensor, weight: Tensor): Tensor => {
  return record({
    name: "mm",
    inputs: [x, weight],
    shape: withLast(x.shape, weight.shape.dims[0] ?? 1),
    dtype: x.dtype,
    saves: [weight.node !== null && x, x.node !== null && weight],
    backward: productBackward,
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
    return product(castForMatmul(x), castWeight);
  }
  const castBias = castForMatmul(bias);
  const castWeight = castForMatmul(weight);
  return productWithBias(castForMatmul(x), castWeight, castBias);
};
