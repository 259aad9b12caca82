import { mul } from "#calc/tape/ops/binary.ts";
import { mean } from "#calc/tape/ops/reduce.ts";
import { to } from "#calc/tape/ops/to.ts";
import { addNumber, rsqrt, square } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { ligerNorm, runsLiger } from "./liger-kernels.ts";
import type { Loaded } from "./loaded.ts";
import { tensorOf } from "./loaded.ts";

/** `_norm(x)`: x is a name of its own, and goes when it returns. */
export const normalized = (x: Tensor): Tensor =>
  scoped(x.tape, () => {
    bind(x);
    return mul(x, rsqrt(addNumber(mean(square(x)))));
  });

const overGradient = ligerNorm("in place");
const besideGradient = ligerNorm("apart");

const forward = (weight: Tensor, x: Tensor): Tensor => {
  let output = bind(normalized(to(x, "fp32")));
  output = rebind(output, mul(output, addNumber(to(weight, "fp32"))));
  return to(output, x.dtype);
};

/** Gemma 1 alone has no second norm on its branches, between which the residual's gradient is needed as it came. @see liger_kernel/transformers/rms_norm.py */
const kernel = ({ architecture }: Loaded): ReturnType<typeof ligerNorm> =>
  architecture.model_type === "gemma" ? overGradient : besideGradient;

/** `GemmaRMSNorm`: all in fp32, times one plus the weight, then back to the input's type. */
export const gemmaNorm = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  runsLiger(loaded)
    ? kernel(loaded)(loaded, name, x)
    : call(name, (input) => forward(tensorOf(loaded, `${name}.weight`), input), x);
