// Defaults of fsdp_qlora by Answer.AI.

import { type StackRow, LOSS_PATHS, withoutTrainer } from "#catalog/stack-row.ts";
import { PLAIN } from "./plain.ts";

/**
 * fsdp_qlora (Answer.AI): a transformers model of early 2024, bf16 throughout, adapters too, no k-bit preparation; the script's variable `output` holds the
 * logits; `torch.optim.AdamW` as it comes.
 */
export const FSDP_QLORA: StackRow = {
  ...withoutTrainer(PLAIN),
  name: "fsdp_qlora",
  adapters: { lora: "bf16", qlora: "bf16" },
  lossPaths: { full: { kind: "full", transformers: "4.45", outputsKept: true }, ...LOSS_PATHS },
};
