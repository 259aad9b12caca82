import { fresh } from "#calc/tape/tensor.ts";
import { arrived, like, record } from "#calc/tape/record.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** `x.clamp(...)`: saves x. Backward compares x with each bound, a mask each, and takes zero for the gradient where x lies beyond one. */
const clamped =
  (bounds: number): ((x: Tensor) => Tensor) =>
  (x) =>
    record({
      name: "clamp",
      inputs: [x],
      shape: x.shape,
      dtype: x.dtype,
      permuted: x.permuted,
      saves: [x],
      backward: (gradients) => {
        const g = arrived(gradients);
        fresh(g.tape, shapeOf(1), g.dtype);
        for (let bound = 0; bound < bounds; bound++) like(g, "bool");
        return [like(g)];
      },
    });

/** `x.clamp(max=...)` */
export const clampBelow = clamped(1);

/** `x.clamp(min=..., max=...)` */
export const clampBetween = clamped(2);
