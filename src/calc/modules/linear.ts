// Linear layer: base weight in 16 or 4 bits, dequantization, and the call with an adapter.

import { drop, fresh, freshBy } from "#calc/tape/tensor.ts";
import { assert } from "#calc/base/guards.ts";
import { to } from "#calc/tape/ops/views.ts";
import { arrivedGradient, record } from "#calc/tape/operation.ts";
import { bind, call } from "#calc/tape/scope.ts";
import { type Shape, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import { type LoadedLinear, type Loaded, linearOf } from "./loaded-modules.ts";
import { linear as matmul } from "#calc/tape/ops/products.ts";

/** The dtype that a 4-bit weight is dequantised to. */
const COMPUTE = "bf16";

/** A dequantised weight of that shape: scratch, made by the operation `name`, or by the one that runs. */
export const dequantize = (tape: Tape, shape: Shape, name = tape.recorder.op): Tensor =>
  freshBy(tape, { name, shape, dtype: COMPUTE, term: "workspace" });

/**
 * `bitsandbytes.nn.Linear4bit`: x is cast to the compute dtype and not saved. The weight is dequantised for the product, and again in
 * backward. The result is cast to x's dtype.
 *
 * @see bitsandbytes/autograd/_functions.py, `MatMul4Bit`.
 */
const linear4bit = (module: LoadedLinear, x: Tensor): Tensor => {
  const { dequantized, bias } = module;
  assert(dequantized !== null, "a 4-bit linear has a packed weight");
  const { tape } = x;
  const inputType = x.dtype;
  const input = bind(to(x, COMPUTE));
  const { shape } = input;
  const weight = bind(dequantize(tape, dequantized, "dequantize"));
  const castBias =
    bias === null || bias.dtype === COMPUTE
      ? null
      : freshBy(tape, { name: "dequantize", shape: bias.shape, dtype: COMPUTE });
  const y = record({
    name: bias === null ? "matmul_4bit" : "addmm_4bit",
    inputs: [input],
    shape: withLast(shape, dequantized.dims[0] ?? 1),
    dtype: COMPUTE,
    backward: (gradients) => {
      dequantize(tape, dequantized);
      const gradient = fresh(tape, shape, arrivedGradient(gradients).dtype);
      gradient.view = true;
      return [gradient];
    },
  });
  bind(y);
  if (castBias !== null) drop(castBias);
  weight.bindings--;
  drop(weight);
  return to(y, inputType);
};

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

/** Calls a linear: with its adapter, if it has one. */
export const applyLinear = (module: LoadedLinear, x: Tensor): Tensor => {
  const { name, adapter } = module;
  return adapter === null
    ? baseLinear(module, x)
    : call(name, (input) => adapter.tuner.forward(module, adapter, input), x);
};

/** `self.name(x)` for a linear of the layer. */
export const linear = (loaded: Loaded, name: string, x: Tensor): Tensor => applyLinear(linearOf(loaded, name), x);
