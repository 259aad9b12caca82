// Defaults of torchtune: current, compiled and 0.1.

import { type StackRow, LOSS_PATHS, withoutTrainer } from "#catalog/stack-row.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * torchtune: pure bf16 without autocast (`dtype: bf16`), adapters, gradients and states with it; fused AdamW in the LoRA recipes; logits in eight chunks that
 * are all made before the loss. Its NF4 is torchao's, blocks of 64 under blocks of 256, the bytes of double quantization, whose scales FSDP2 divides with the weights
 * (torchao/dtypes/nf4tensor.py, `_INNER_TENSOR_NAMES_FOR_SHARDING`). Embeddings and head are in the unit of the whole model, unless `custom_sharded_layers` names
 * them. Full recipes on one GPU prefer paged 8-bit AdamW with the optimizer in backward: choose that optimizer to see it.
 */
export const TORCHTUNE: StackRow = {
  ...withoutTrainer(TRANSFORMERS),
  name: "torchtune",
  modelling: "torchtune",
  // torchtune 0.6, training/precision.py, `get_dtype`, `PRECISION_STR_TO_DTYPE`: "fp16 training is not supported".
  withoutBf16: "fp32",
  autocast: false,
  adapters: { lora: "bf16", qlora: "bf16" },
  kbitPreparation: "none",
  loss: "chunked",
  lossPaths: { ...TRANSFORMERS.lossPaths, chunked: { ...LOSS_PATHS.chunked, keeps: "log-probabilities" } },
  fsdp: {
    reshardsAfterForward: true,
    reduce: "bf16",
    reducesEachMicroStep: true,
    endsApart: false,
    scalesSharded: true,
  },
};

/** With `compile: True`: the loss of a chunk is one kernel each way, which keeps the 16-bit logits. (Layers are counted op by op.) */
export const TORCHTUNE_COMPILED: StackRow = {
  ...TORCHTUNE,
  name: "torchtune, compiled",
  lossPaths: { ...TORCHTUNE.lossPaths, chunked: { ...LOSS_PATHS.chunked, keeps: "logits" } },
};

/** torchtune 0.1: the model gives fp32 logits, the recipe holds them and copies them without their last position; AdamW as torch has it (for-each). */
export const TORCHTUNE_0_1: StackRow = {
  ...TORCHTUNE,
  name: "torchtune 0.1",
  loss: "full",
  lossPaths: { ...TRANSFORMERS.lossPaths, full: { kind: "full", transformers: "4.45", outputsKept: true } },
  optim: "adamw_torch",
};
