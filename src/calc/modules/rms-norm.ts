import { mul } from "#calc/tape/ops/binary.ts";
import { mean } from "#calc/tape/ops/reduce.ts";
import { to } from "#calc/tape/ops/to.ts";
import { addNumber, rsqrt, square } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { ligerNorm, runsLiger } from "./liger-kernels.ts";
import type { Loaded } from "./loaded.ts";
import { tensorOf } from "./loaded.ts";

const forward = (weight: Tensor, x: Tensor): Tensor => {
  const inputType = x.dtype;
  let hidden_states = bind(to(x, "fp32"));
  const variance = bind(mean(square(hidden_states)));
  hidden_states = rebind(hidden_states, mul(hidden_states, rsqrt(addNumber(variance))));
  return mul(weight, to(hidden_states, inputType));
};

const overGradient = ligerNorm("in place");

/** `LlamaRMSNorm`: in fp32, back to the input's type, times the weight. */
export const rmsNorm = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  runsLiger(loaded)
    ? overGradient(loaded, name, x)
    : call(name, (input) => forward(tensorOf(loaded, `${name}.weight`), input), x);

const inFloat =
  (castWeight: boolean) =>
  (loaded: Loaded, name: string, x: Tensor): Tensor =>
    call(
      name,
      (input) => {
        const weight = tensorOf(loaded, `${name}.weight`);
        let hidden_states = bind(to(input, "fp32"));
        const variance = bind(mean(square(hidden_states)));
        hidden_states = rebind(hidden_states, mul(hidden_states, rsqrt(addNumber(variance))));
        return to(mul(castWeight ? to(weight, "fp32") : weight, hidden_states), input.dtype);
      },
      x,
    );

/** `Olmo2RMSNorm`: the weight is multiplied in fp32, before the cast. */
export const olmo2Norm = inFloat(false);

/** `NemotronHRMSNorm`: as `Olmo2RMSNorm`, with the weight cast to fp32 as well. */
export const nemotronHNorm = inFloat(true);
