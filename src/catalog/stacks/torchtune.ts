import type { StackRow } from "#catalog/stack-row.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * torchtune: pure bf16 without autocast (`dtype: bf16`), adapters, gradients and states with it; fused AdamW in the LoRA recipes; the loss in eight chunks of
 * tokens. Its NF4 is torchao's, blocks of 64 under blocks of 256, the bytes of double quantization. Full recipes on one GPU
 * prefer paged 8-bit AdamW and the optimizer in backward: choose that optimizer to see it.
 */
export const TORCHTUNE: StackRow = {
  ...TRANSFORMERS,
  name: "torchtune",
  autocast: false,
  adapters: { lora: "bf16", qlora: "bf16" },
  kbitPreparation: "none",
  loss: "chunked",
  fsdp: { reshardsAfterForward: true, reduce: "bf16", reducesEachMicroStep: true, endsApart: false },
};
