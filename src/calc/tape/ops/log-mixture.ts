import { arrived, attach, save, startNode } from "#calc/tape/record.ts";
import { consume, drop, freshBy } from "#calc/tape/tensor.ts";
import { type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { catAll } from "./cat.ts";

/**
 * `torch.logsumexp(torch.stack([a, b]), dim=0)`, the logarithm of a mixture of two distributions: works on the differences from the larger one, saves the stack
 * and its result, both in the wider of the two types. Backward makes three tensors of the stack's size, and gives each of the two a view of the last.
 *
 * @see aten/src/ATen/native/ReduceOps.cpp, `logsumexp_out_impl`; tools/autograd/templates/FunctionsManual.cpp, `logsumexp_backward`
 */
export const logMixture = (a: Tensor, b: Tensor): Tensor => {
  const { tape, shape } = a;
  const both = catAll([a, b], shapeOf(2, ...shape.dims));
  const { dtype } = both;
  const make = (of: Shape): Tensor => freshBy(tape, { name: "logsumexp", shape: of, dtype });
  const node = startNode("logsumexp", [both], (gradients) => {
    const made = [0, 1, 2].map(() =>
      freshBy(tape, { name: "logsumexp backward", shape: both.shape, dtype: arrived(gradients).dtype }),
    );
    return made.slice(-1);
  });
  // On fake tensors the larger one of each is not seen.
  const work = [both.shape, ...(tape.policies.fakeTensors ? [] : [shape])].map(make);
  const mixture = attach(make(shape), node);
  work.forEach(drop);
  if (node !== null) for (const saved of [both, mixture]) save(node, saved);
  consume(both);
  return mixture;
};
