import { type Loaded, tensorOf } from "#calc/modules/loaded.ts";
import { mul } from "#calc/tape/ops/binary.ts";
import { mean } from "#calc/tape/ops/reduce.ts";
import { to } from "#calc/tape/ops/to.ts";
import { addNumber, rsqrt } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** `RMSNorm.forward`: in fp32, back to the input's type, times the weight, or one plus the weight. @see litgpt/model.py */
export const litgptRmsNorm =
  (addsOne: boolean) =>
  (loaded: Loaded, name: string, x: Tensor): Tensor =>
    call(
      name,
      (input) => {
        const weight = tensorOf(loaded, `${name}.weight`);
        const upcast = bind(to(input, "fp32"));
        const norm_x = bind(mean(mul(upcast, upcast)));
        let x_normed = bind(mul(upcast, rsqrt(addNumber(norm_x))));
        x_normed = rebind(x_normed, to(x_normed, input.dtype));
        return mul(x_normed, addsOne ? addNumber(weight) : weight);
      },
      x,
    );
