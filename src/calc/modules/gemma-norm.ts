import { mul } from "#calc/tape/ops/binary.ts";
import { mean } from "#calc/tape/ops/reduce.ts";
import { to } from "#calc/tape/ops/to.ts";
import { addNumber, rsqrt, square, square as power } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Loaded } from "./loaded.ts";
import { tensorOf } from "./loaded.ts";

/** `_norm`: its argument is a name of its own, gone when it returns. */
const normalized = (x: Tensor): Tensor =>
  scoped(x.tape, () => {
    bind(x);
    return mul(x, rsqrt(addNumber(mean(square(x)))));
  });

const forward = (weight: Tensor, x: Tensor): Tensor => {
  let output = bind(normalized(to(x, "fp32")));
  output = rebind(output, mul(output, addNumber(to(weight, "fp32"))));
  return to(output, x.dtype);
};

/** `Gemma4RMSNorm`: the root by `pow`, which saves its input; times the weight, where there is one. */
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

/** `GemmaRMSNorm`: all in fp32, times one plus the weight, then back to the input's type. */
export const gemmaNorm = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  call(name, (input) => forward(tensorOf(loaded, `${name}.weight`), input), x);
