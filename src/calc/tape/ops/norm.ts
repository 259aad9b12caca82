import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { arrived, like, record } from "#calc/tape/record.ts";
import { drop, fresh } from "#calc/tape/tensor.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/**
 * `torch.norm(x)`, of all elements. Backward is x * (g / norm), where no norm is 0.
 *
 * @see torch/csrc/autograd/FunctionsManual.cpp, `linalg_vector_norm_backward`
 */
export const norm = (x: Tensor): Tensor => {
  const { tape, dtype } = x;
  return record({
    name: "linalg_vector_norm",
    inputs: [x],
    shape: shapeOf(),
    dtype,
    saves: [x],
    savesOutput: true,
    backward: (gradients) => {
      const g = arrived(gradients);
      const quotient = like(g);
      drop(fresh(tape, shapeOf(), "bool"));
      const gradient = fresh(tape, x.shape, dtype);
      drop(quotient);
      return [gradient];
    },
  });
};
