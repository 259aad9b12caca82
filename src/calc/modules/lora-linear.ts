import { assert } from "#calc/base/assert.ts";
import { to } from "#calc/tape/ops/to.ts";
import { clone } from "#calc/tape/ops/unary.ts";
import { bind, rebind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { baseLinear } from "./base-linear.ts";
import type { Adapter, LoadedLinear } from "./loaded.ts";

/** `peft.tuners.lora.layer.Linear.forward`. */
const onPlainBase = (module: LoadedLinear, adapter: Adapter, x: Tensor): Tensor => {
  let result = bind(baseLinear(module, x));
  const resultType = result.dtype;
  const input = bind(to(x, adapter.A.dtype));
  result = rebind(result, adapter.tuner.onPlainBase(module, adapter, [input, result]));
  return to(result, resultType);
};

/**
 * `peft.tuners.lora.bnb.Linear4bit.forward`: clones what the base gives; under autocast x is not cast here, and the sum keeps its type.
 *
 * @see peft/tuners/lora/bnb.py
 */
const onFourBitBase = (module: LoadedLinear, adapter: Adapter, x: Tensor): Tensor => {
  let result = bind(baseLinear(module, x));
  result = rebind(result, clone(result));
  const input = x.tape.autocast === null ? bind(to(x, adapter.A.dtype)) : x;
  return adapter.tuner.onFourBitBase(module, adapter, [input, result]);
};

/** A linear with an adapter. */
export const loraLinear = (module: LoadedLinear, x: Tensor): Tensor => {
  const { adapter } = module;
  assert(adapter !== null, "an adapted linear has an adapter");
  return module.dequantized === null ? onPlainBase(module, adapter, x) : onFourBitBase(module, adapter, x);
};
