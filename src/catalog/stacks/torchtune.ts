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
  versions: "torchtune 0.6 and 0.7",
  autocast: false,
  adapters: { lora: "bf16", qlora: "bf16" },
  kbitPreparation: "none",
  loss: "chunked",
  summary: "Pure bf16 without autocast, bf16 adapters, loss in eight chunks.",
  source: [
    {
      label: "pytorch/torchtune@bd2a0fc7:recipes/configs/llama3_1/8B_lora_single_device.yaml (dtype, optimizer, loss)",
      url: "https://github.com/pytorch/torchtune/blob/bd2a0fc7c/recipes/configs/llama3_1/8B_lora_single_device.yaml",
    },
    {
      label:
        "pytorch/torchtune@bd2a0fc7:torchtune/modules/loss/cross_entropy_loss.py, LinearCrossEntropyLoss (8 chunks)",
      url: "https://github.com/pytorch/torchtune/blob/bd2a0fc7c/torchtune/modules/loss/cross_entropy_loss.py",
    },
  ],
};
