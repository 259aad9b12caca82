import { baseLinear } from "#calc/modules/base-linear.ts";
import type { Adapter, LoadedLinear, Tuner } from "#calc/modules/loaded.ts";
import { to } from "#calc/tape/ops/to.ts";
import { clone } from "#calc/tape/ops/unary.ts";
import { bind, rebind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { lowRankOf } from "./low-rank.ts";

/**
 * Makes a linear's output with its adapter, from the input of the adapter and the result of the base layer. The caller has names for both.
 */
type WithAdapter = (module: LoadedLinear, adapter: Adapter, tensors: readonly [x: Tensor, result: Tensor]) => Tensor;

/** LoRA of PEFT, or a variant of it, on a base of 16 bits and on one of 4 bits. */
export type LoraVariant = Readonly<{ onPlainBase: WithAdapter; onFourBitBase: WithAdapter }>;

/** `peft.tuners.lora.layer.Linear.forward`. */
const plainForward =
  ({ onPlainBase }: LoraVariant): Tuner["forward"] =>
  (module, adapter, x) => {
    let result = bind(baseLinear(module, x));
    const resultType = result.dtype;
    const input = bind(to(x, lowRankOf(adapter).A.dtype));
    result = rebind(result, onPlainBase(module, adapter, [input, result]));
    return to(result, resultType);
  };

/**
 * `peft.tuners.lora.bnb.Linear4bit.forward`: clones the result of the base. Under autocast it does not cast x itself, and the sum keeps its
 * dtype.
 *
 * @see peft/tuners/lora/bnb.py
 */
const fourBitForward =
  ({ onFourBitBase }: LoraVariant): Tuner["forward"] =>
  (module, adapter, x) => {
    let result = bind(baseLinear(module, x));
    result = rebind(result, clone(result));
    const input = x.tape.autocast.element === null ? bind(to(x, lowRankOf(adapter).A.dtype)) : x;
    return onFourBitBase(module, adapter, [input, result]);
  };

/** A linear with LoRA's adapter, or a variant's. */
export const loraLinear = (variant: LoraVariant): Tuner["forward"] => {
  const [plain, fourBit] = [plainForward(variant), fourBitForward(variant)];
  return (module, adapter, x) => (module.dequantized === null ? plain : fourBit)(module, adapter, x);
};
