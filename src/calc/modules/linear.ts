import { call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { linear as matmul } from "#calc/tape/ops/linear.ts";
import { record } from "#calc/tape/record.ts";
import { linear4bit } from "./linear-4bit.ts";
import type { Loaded, LoadedLinear } from "./loaded.ts";
import { linearOf } from "./loaded.ts";
import { loraLinear } from "./lora-linear.ts";

/**
 * The weight that the product gets. References made with fake tensors count the transposed view of a deep-copied parameter as a storage of its
 * own; on a GPU it is none.
 */
const weightOf = ({ weight, copied = false }: LoadedLinear): Tensor =>
  copied && weight.tape.fakeTensors
    ? record({ name: "t", inputs: [weight], shape: weight.shape, dtype: weight.dtype, backward: (gradients) => gradients })
    : weight;

/** The base layer: `nn.Linear`, or bitsandbytes' 4-bit one. */
export const baseLinear = (module: LoadedLinear, x: Tensor): Tensor =>
  call(
    module.name,
    (input) => (module.dequantized === null ? matmul(input, weightOf(module), module.bias) : linear4bit(module, input)),
    x,
  );

/** Calls a linear: with its adapter, if it has one. */
export const applyLinear = (module: LoadedLinear, x: Tensor): Tensor =>
  module.adapter === null ? baseLinear(module, x) : call(module.name, (input) => loraLinear(module, input), x);

/** `self.name(x)` for a linear of the layer. */
export const linear = (loaded: Loaded, name: string, x: Tensor): Tensor => applyLinear(linearOf(loaded, name), x);
