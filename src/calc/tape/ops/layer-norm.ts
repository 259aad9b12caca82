// Layer norm: fp32 under autocast, saves its input, parameters and two statistics for each row.

import { consume, drop, fresh, freshBy } from "#calc/tape/tensor.ts";
import { arrivedGradient, attach, emptyLike, save, startNode } from "#calc/tape/operation.ts";
import { withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { to } from "./views.ts";

/** Weight and bias of a layer norm, either of which may be missing. */
export type Affine = readonly [weight: Tensor | null, bias: Tensor | null];

const native = (x: Tensor, affine: Affine): Tensor => {
  const { tape } = x;
  const parameters = affine.filter((parameter) => parameter !== null);
  const inputs = [x, ...parameters];
  const xNeeds = x.node !== null;
  const shapes = parameters.map(({ shape, node, dtype }) => (node === null ? null : { shape, dtype }));
  const node = startNode("layer_norm", inputs, (gradients) => {
    const g = arrivedGradient(gradients);
    return [
      xNeeds ? emptyLike(g) : null,
      ...shapes.map((wanted) => (wanted === null ? null : fresh(tape, wanted.shape, wanted.dtype))),
    ];
  });
  if (node !== null) for (const saved of inputs) save(node, saved);
  const name = "layer_norm";
  const output = attach(freshBy(tape, { name, shape: x.shape, dtype: x.dtype }), node);
  const dtype = tape.policies.fakeTensors ? x.dtype : "fp32";
  const shape = withLast(x.shape, 1);
  for (const statistic of [freshBy(tape, { name, shape, dtype }), freshBy(tape, { name, shape, dtype })]) {
    if (node !== null) save(node, statistic);
    drop(statistic);
  }
  for (const input of inputs) consume(input);
  return output;
};

/** `F.layer_norm`: in fp32 under autocast; saves its input, its parameters and two numbers a row. */
export const layerNorm = (x: Tensor, [weight, bias]: Affine): Tensor => {
  const cast = <T extends Tensor | null>(tensor: T): Tensor | T =>
    x.tape.autocast.element === null || tensor === null ? tensor : to(tensor, "fp32");
  return native(cast(x), [cast(weight), cast(bias)]);
};
