import { castForMatmul } from "#calc/tape/autocast.ts";
import { unrecorded } from "#calc/tape/autograd.ts";
import type { Element } from "#calc/base/element.ts";
import { promote } from "#calc/base/element.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { arrived, attach, save, startNode } from "#calc/tape/record.ts";
import type { Backward, Tensor } from "#calc/tape/tape.ts";
import { drop, fresh } from "#calc/tape/tensor.ts";

/** `w1_a`, `w1_b`, `w2_a`, `w2_b`: [out, rank], [rank, in], and the same again. */
export type HadaFactors = readonly [w1_a: Tensor, w1_b: Tensor, w2_a: Tensor, w2_b: Tensor];

/** The weight's own shape, [out, in]. */
const wholeOf = ([a, b]: HadaFactors): ReturnType<typeof shapeOf> =>
  shapeOf(a.shape.dims[0] ?? 1, b.shape.dims[1] ?? 1);

/** Autocast is not there in backward: products are in the type of the factors then. */
const backwardOf =
  (factors: HadaFactors): Backward =>
  (gradients) => {
    const grad_out = arrived(gradients);
    const { tape } = grad_out;
    const whole = wholeOf(factors);
    const [w1_a, w1_b, w2_a, w2_b] = factors;
    const make = (dtype: Element): Tensor => fresh(tape, whole, dtype);
    make(grad_out.dtype);
    /** `grad_out * (a @ b)` */
    const timesProduct = (): Tensor => {
      const product = make(w1_a.dtype);
      const temp = make(promote(grad_out.dtype, w1_a.dtype));
      drop(product);
      return temp;
    };
    const ofPair = (temp: Tensor, [a, b]: readonly [Tensor, Tensor]): readonly [Tensor, Tensor] => {
      const grad_a = fresh(tape, a.shape, temp.dtype);
      return [grad_a, fresh(tape, b.shape, temp.dtype)];
    };
    const first = timesProduct();
    const ofFirst = ofPair(first, [w1_a, w1_b]);
    const second = timesProduct();
    drop(first);
    return [...ofFirst, ...ofPair(second, [w2_a, w2_b])];
  };

/** `((w1_a @ w1_b) * (w2_a @ w2_b)) * scale`, without a graph: each step is as large as the weight. */
const forward = (factors: HadaFactors): Tensor => {
  const [w1_a, w1_b, w2_a, w2_b] = factors;
  const { tape } = w1_a;
  const whole = wholeOf(factors);
  const product = (a: Tensor, b: Tensor): Tensor => {
    castForMatmul(b);
    return fresh(tape, whole, castForMatmul(a).dtype);
  };
  const [one, two] = [product(w1_a, w1_b), product(w2_a, w2_b)];
  const both = fresh(tape, whole, one.dtype);
  drop(one);
  drop(two);
  const scaled = fresh(tape, whole, both.dtype);
  drop(both);
  return scaled;
};

/**
 * LyCORIS' `HadaWeight`, a function with a backward of its own: it saves the four factors and makes their products again.
 *
 * @see peft 0.21, tuners/loha/layer.py, `HadaWeight`
 */
export const hadaWeight = (factors: HadaFactors): Tensor => {
  const node = startNode("HadaWeight", factors, backwardOf(factors));
  const weight = attach(
    unrecorded(factors[0].tape, "HadaWeight", () => forward(factors)),
    node,
  );
  if (node !== null) for (const factor of factors) save(node, factor);
  return weight;
};
