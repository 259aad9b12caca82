import { assert } from "#calc/base/assert.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { dropout } from "#calc/tape/ops/dropout.ts";
import { linear as matmul } from "#calc/tape/ops/linear.ts";
import { to } from "#calc/tape/ops/to.ts";
import { clone, scale } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { baseLinear } from "./base-linear.ts";
import { doraOf } from "./late-dora.ts";
import type { Adapter, LoadedLinear } from "./loaded.ts";

/** lora_B(lora_A(dropout(x))) */
const adapted = (adapter: Adapter, x: Tensor): Tensor => {
  const dropped = adapter.dropout === 0 ? x : call("lora_dropout", (input) => dropout(input, adapter.dropout), x);
  const low = call("lora_A", (input) => matmul(input, adapter.A, null), dropped);
  return call("lora_B", (input) => matmul(input, adapter.B, null), low);
};

/** `peft.tuners.lora.layer.Linear.forward`. */
const onPlainBase = (module: LoadedLinear, adapter: Adapter, x: Tensor): Tensor => {
  let result = bind(baseLinear(module, x));
  const resultType = result.dtype;
  const input = bind(to(x, adapter.A.dtype));
  const withDora = doraOf(adapter);
  const sum = withDora?.(module, adapter, [input, result]) ?? add(result, scale(adapted(adapter, input)));
  result = rebind(result, sum);
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
  const cast = x.tape.autocast.element === null;
  const { dtype } = result;
  const input = cast ? bind(to(x, adapter.A.dtype)) : x;
  const withDora = doraOf(adapter);
  if (withDora !== null) {
    result = rebind(result, withDora(module, adapter, [input, result]));
    return cast ? to(result, dtype) : result;
  }
  let output = bind(scale(adapted(adapter, input)));
  if (cast) output = rebind(output, to(output, dtype));
  return add(result, output);
};

/** A linear with a LoRA adapter. */
export const loraLinear = (module: LoadedLinear, x: Tensor): Tensor => {
  const { adapter } = module;
  assert(adapter !== null, "an adapted linear has an adapter");
  return module.dequantized === null ? onPlainBase(module, adapter, x) : onFourBitBase(module, adapter, x);
};
