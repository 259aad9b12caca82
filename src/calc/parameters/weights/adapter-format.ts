import type { ParameterFormat } from "#calc/base/dtype.ts";
import type { Method } from "#calc/model/scenario.ts";

/**
 * How LoRA's tensors are kept: as the scenario says, but for TRL's k-bit preparation, which casts fp32 ones to bf16.
 *
 * @see trl/trainer/utils.py (up to 0.10; from 0.11 on it leaves adapters alone), `peft_module_casting_to_bf16`.
 */
export const adapterFormat = (method: Exclude<Method, { kind: "full" }>): ParameterFormat => {
  const { adapters } = method.lora;
  return method.kind === "qlora" && method.kbitPreparation === "trl" && adapters === "fp32" ? "bf16" : adapters;
};
