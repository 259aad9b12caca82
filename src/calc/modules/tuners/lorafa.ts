import type { Tuner } from "#calc/modules/loaded.ts";
import { lora } from "./lora.ts";

/**
 * LoRA-FA: LoRA whose A is frozen, so that no input of an adapter is kept for A's gradient. Its states are those of the chosen optimizer for B alone.
 * It is counted beside linears alone; PEFT's function also freezes A of fused experts, and leaves embeddings' (`lora_embedding_A`) trained.
 *
 * @see peft 0.21.2, optimizers/lorafa.py, `create_lorafa_optimizer`; Zhang et al. 2023, "LoRA-FA"
 */
export const lorafa: Tuner = {
  ...lora,
  id: "lorafa",
  tensors: (matrix, config, base) =>
    matrix.kind === "linear"
      ? lora
          .tensors(matrix, config, base)
          .map((tensor) => (tensor.name.startsWith("lora_A") ? { ...tensor, frozen: true } : tensor))
      : [],
  divides: null,
  bases: ["bnb-4bit", "bnb-8bit", "gptq"],
  inLibraries: false,
};
