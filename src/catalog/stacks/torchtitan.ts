import type { StackRow } from "#catalog/stack-row.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * torchtitan: a Llama of its own in fp32, whose matrix products FSDP2 runs in bf16; logits in fp32 for the cross entropy and let go of before backward; fused
 * AdamW. Selective checkpointing, its default, is not counted: layers are checkpointed whole or not at all.
 */
export const TORCHTITAN: StackRow = {
  ...TRANSFORMERS,
  name: "torchtitan",
  weights: "fp32",
  kbitPreparation: "none",
};
