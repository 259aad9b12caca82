import type { Choices } from "#scenario/keys/choices.ts";
import type { MethodId } from "#calc/model/scenario.ts";

/** Whether a base is stored in bitsandbytes' 4 bits, all of it or most. */
export const isFourBit = (quant: Choices["quant"]): boolean => quant !== "int8" && quant !== "gptq";

/** Whether every linear of a base is, none of them left in 16 bits. */
export const isAllFourBit = (quant: Choices["quant"]): quant is "nf4" | "fp4" => quant === "nf4" || quant === "fp4";

/** What fused LoRA kernels do not go with. */
export type LoraKernelsClash = "method" | "quant" | "dora" | "division" | "shard";

/**
 * Axolotl refuses its kernels on a base of 8 bits and under FSDP 1, and they read the weight that GPTQ's linears have not; DoRA in them is not modelled, nor are matrices that
 * ranks divide: one node takes the place of modules whose results ranks exchange.
 *
 * @see axolotl@067b021c:src/axolotl/utils/schemas/validation.py, `check_lora_kernels_8bit`; config.py, `check_multigpu_lora_kernels`;
 *   kernels/lora.py, `get_lora_parameters`
 */
export const loraKernelsClash = (
  { quant, dora, tp, gpus, shard }: Pick<Choices, "quant" | "dora" | "tp" | "gpus" | "shard">,
  method: MethodId,
): LoraKernelsClash | null => {
  if (method === "full") return "method";
  if (method === "qlora" && !isFourBit(quant)) return "quant";
  if (dora) return "dora";
  // Others divide nothing: they are refused.
  if (tp > 1 && gpus % tp === 0) return "division";
  return gpus > 1 && shard === "fsdp1" ? "shard" : null;
};
