import { mul } from "#calc/tape/ops/binary.ts";
import { mean } from "#calc/tape/ops/reduce.ts";
import { to } from "#calc/tape/ops/to.ts";
import { addNumber, square, square as power } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Loaded } from "./loaded.ts";

/** `Gemma4RMSNorm`: takes the root by `pow`, which saves its input where `rsqrt` saves its result. The weight may be missing. */
export const gemma4Norm = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  call(
    name,
    (input) => {
      const weight = loaded.tensors.get(`${name}.weight`);
      let normed_output = bind(
        call(
          "_norm",
          (states) => {
            const mean_squared = bind(addNumber(mean(square(states))));
            return mul(states, power(mean_squared));
          },
          to(input, "fp32"),
        ),
      );
      if (weight !== undefined) normed_output = rebind(normed_output, mul(normed_output, to(weight, "fp32")));
      return to(normed_output, input.dtype);
    },
    x,
  );
