import type { ParameterFormat } from "#calc/base/dtype.ts";
import type { Method } from "#calc/model/scenario.ts";
import type { KeepingAdapters } from "#calc/parameters/kept-as.ts";

/**
 * How a tuner's tensors are kept: as the scenario says, but for TRL's k-bit preparation, which casts fp32 ones to bf16.
 *
 * @see trl/trainer/utils.py (up to 0.10; from 0.11 on it leaves adapters alone), `peft_module_casting_to_bf16`.
 */
export const adapterFormat = (method: Exclude<Method, { kind: "full" }>): ParameterFormat => {
  const { adapters } = method.lora;
  return method.kind === "qlora" && method.kbitPreparation === "trl" && adapters === "fp32" ? "bf16" : adapters;
};

/**
 * How what adapters share is kept: PEFT gives it the type that the base computes in, and casts that to fp32 where it casts adapters.
 *
 * @see peft/tuners/tuners_utils.py, `_move_adapter_to_device_of_base_layer`, `cast_adapter_dtype`
 */
export const sharedFormat = ({ method, weights }: KeepingAdapters): ParameterFormat => {
  const adapters = adapterFormat(method);
  return adapters === "fp32" || method.kind === "qlora" ? adapters : weights;
};
