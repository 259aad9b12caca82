import type { StackRow } from "#catalog/stack-row.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * DeepSpeed (and Megatron) mixed precision: bf16 parameters and gradients, fp32 copies of what is trained, fp32 AdamW states: 2 + 2 + 12 B per
 * trained parameter. The engine casts the whole module to bf16, so adapters and anything that k-bit preparation upcast are bf16 too, without autocast.
 */
export const DEEPSPEED: StackRow = {
  ...TRANSFORMERS,
  name: "DeepSpeed",
  versions: "DeepSpeed 0.19, bf16 enabled",
  optimizerStates: "fp32",
  masterWeightBytes: 4,
  autocast: false,
  adapters: { lora: "bf16", qlora: "bf16" },
  kbitPreparation: "none",
  summary: "bf16 parameters with fp32 masters and states: 16 B per trained parameter.",
  source: [
    {
      label:
        "deepspeedai/DeepSpeed@edaa7221 (0.19.6):deepspeed/runtime/zero/stage_1_and_2.py (single_partition_of_fp32_groups)",
      url: "https://github.com/deepspeedai/DeepSpeed/blob/edaa7221267243c7be7fb49c5d5f5c4fb97b4641/deepspeed/runtime/zero/stage_1_and_2.py",
    },
    {
      label:
        "deepspeedai/DeepSpeed@edaa7221 (0.19.6):deepspeed/runtime/engine.py, get_data_types (gradients in the dtype of the model)",
      url: "https://github.com/deepspeedai/DeepSpeed/blob/edaa7221267243c7be7fb49c5d5f5c4fb97b4641/deepspeed/runtime/engine.py",
    },
  ],
};
