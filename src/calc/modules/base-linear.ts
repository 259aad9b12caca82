import { linear as matmul } from "#calc/tape/ops/linear.ts";
import { record } from "#calc/tape/record.ts";
import { call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { linear4bit } from "./linear-4bit.ts";
import type { LoadedLinear } from "./loaded.ts";

/**
 * The weight that the product gets. References on fake tensors count the transposed view of a deep-copied parameter as a storage of its
 * own; on a GPU the view takes no memory.
 */
const weightOf = ({ weight, copied = false }: LoadedLinear): Tensor =>
  copied && weight.tape.policies.fakeTensors
    ? record({
        name: "t",
        inputs: [weight],
        shape: weight.shape,
        dtype: weight.dtype,
        backward: (gradients) => gradients,
      })
    : weight;

/** The base layer: `nn.Linear`, or bitsandbytes' 4-bit one. */
export const baseLinear = (module: LoadedLinear, x: Tensor): Tensor =>
  call(
    module.name,
    (input) => (module.dequantized === null ? matmul(input, weightOf(module), module.bias) : linear4bit(module, input)),
    x,
  );
