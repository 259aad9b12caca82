import type { MethodId } from "#calc/model/scenario.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { isFourBit } from "./is-four-bit.ts";

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
