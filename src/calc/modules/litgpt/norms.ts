import { type Loaded, tensorOf } from "#calc/modules/loaded.ts";
import { mul } from "#calc/tape/ops/binary.ts";
import { mean } from "#calc/tape/ops/reduce.ts";
import { to } from "#calc/tape/ops/to.ts";
import { addNumber, rsqrt } from "#calc/tape/ops/unary.ts";
import { bind, call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/**
 * `RMSNorm.forward`: all in fp32, times the weight (`addsOne`: one plus the weight), then cast back to the dtype of its input.
 *
 * @see litgpt 0.4.6 and later, model.py
 */
export const litgptRmsNorm =
  (addsOne: boolean) =>
  (loaded: Loaded, name: string, x: Tensor): Tensor =>
    call(
      name,
      (input) => {
        const weight = tensorOf(loaded, `${name}.weight`);
        const upcast = bind(to(input, "fp32"));
        const norm_x = bind(mean(mul(upcast, upcast)));
        const x_normed = bind(mul(upcast, rsqrt(addNumber(norm_x))));
        const scaled = addsOne ? bind(addNumber(weight)) : weight;
        return to(mul(x_normed, to(scaled, "fp32")), input.dtype);
      },
      x,
    );
