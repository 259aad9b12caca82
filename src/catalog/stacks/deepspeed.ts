// Defaults of DeepSpeed's mixed precision.

import type { StackRow } from "#catalog/stack-row.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * DeepSpeed (and Megatron) mixed precision: bf16 parameters and gradients, fp32 copies of what is trained, fp32 AdamW states: 2 + 2 + 12 B per
 * trained parameter. The engine casts the whole module to bf16, so adapters and anything that k-bit preparation upcast are bf16 too, without autocast.
 */
export const DEEPSPEED: StackRow = {
  ...TRANSFORMERS,
  name: "DeepSpeed",
  optimizerStates: "fp32",
  masterWeightBytes: 4,
  autocast: false,
  adapters: { lora: "bf16", qlora: "bf16" },
  kbitPreparation: "none",
};
