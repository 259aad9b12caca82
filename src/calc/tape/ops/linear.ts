import { assert } from "#calc/assert.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import { arrived, record } from "#calc/tape/record.ts";
import { lastDim, withLast } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { drop, fresh } from "#calc/tape/tape.ts";

/** Rows of a gradient that lie in another order are copied, and the gradient let go of, before the product. */
const asRows = (g: Tensor): Tensor => {
  if (!g.permuted || g.tape.singleRow) return g;
  const rows = fresh(g.tape, g.shape, g.dtype);
  drop(g);
  return rows;
};

const product = (x: Tensor, weight: Tensor): Tensor => {
  const outFeatures = weight.shape.dims[0] ?? 1;
  const [xNeeds, weightNeeds] = [x.node !== null, weight.node !== null];
  const { shape } = x;
  const ofWeight = weight.shape;
  return record({
    name: "mm",
    inputs: [x, weight],
    shape: withLast(shape, outFeatures),
    dtype: x.dtype,
    saves: [weightNeeds && x, xNeeds && weight],
    backward: (gradients) => {
      const g = asRows(arrived(gradients));
      const weightGradient = weightNeeds ? fresh(g.tape, ofWeight, g.dtype) : null;
      const xGradient = xNeeds ? fresh(g.tape, shape, g.dtype) : null;
      if (xGradient !== null) xGradient.view = true;
      return [xGradient, weightGradient];
    },
  });
};

const productWithBias = (x: Tensor, weight: Tensor, bias: Tensor): Tensor => {
  const outFeatures = weight.shape.dims[0] ?? 1;
  const [xNeeds, weightNeeds, biasNeeds] = [x.node !== null, weight.node !== null, bias.node !== null];
  const { shape } = x;
  const ofWeight = weight.shape;
  const ofBias = bias.shape;
  return record({
    name: "addmm",
    inputs: [x, weight, bias],
    shape: withLast(shape, outFeatures),
    dtype: x.dtype,
    saves: [weightNeeds && x, xNeeds && weight],
    backward: (gradients) => {
      const g = asRows(arrived(gradients));
      const xGradient = xNeeds ? fresh(g.tape, shape, g.dtype) : null;
      if (xGradient !== null) xGradient.view = true;
      const weightGradient = weightNeeds ? fresh(g.tape, ofWeight, g.dtype) : null;
      return [xGradient, weightGradient, biasNeeds ? fresh(g.tape, ofBias, g.dtype) : null];
    },
  });
};

/** `F.linear(x, weight, bias)`. Autocast casts the bias first, then the weight, then x; without a bias backward makes the weight's gradient first. */
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
