// Defaults of transformers with PEFT, current and older versions.

import { type StackRow, LOSS_PATHS } from "#catalog/stack-row.ts";

/**
 * Trainer with PEFT, the reference that the engine is held against. The base is loaded in bf16 (`dtype="auto"`, the default of version 5), PEFT makes
 * adapters fp32, `prepare_model_for_kbit_training` turns what stays 16-bit on a quantised base into fp32; `bf16=True` runs under autocast.
 */
export const TRANSFORMERS: StackRow = {
  name: "Transformers + PEFT",
  accounting: "training-step",
  weights: "bf16",
  gradients: null,
  optimizerStates: null,
  masterWeightBytes: 0,
  autocast: true,
  adapters: { lora: "fp32", qlora: "fp32" },
  kbitPreparation: "fp32",
  quantizedBytesPerParameter: null,
  loss: "full",
  lossPaths: { full: { kind: "full", transformers: "5", outputsKept: false }, ...LOSS_PATHS },
  attn_implementation: "sdpa",
  optim: "adamw_torch_fused",
  checkpointsOffloaded: false,
  // transformers 5, modeling_utils.py, `gradient_checkpointing_enable`.
  reentrant: false,
  // training_args.py, `use_liger_kernel`.
  kernels: { liger: false },
};

/** The same before version 5 moved the upcast: shifted logits are copied while the bf16 logits live; `adamw_torch` (foreach) is the default optimizer. */
export const TRANSFORMERS_4_46: StackRow = {
  ...TRANSFORMERS,
  name: "Transformers 4.46 to 4.48 + PEFT",
  modelling: "transformers-4.48",
  // Most families had a linear for each expert, which is dequantised for its product and again in backward.
  experts: { stored: "4bit", read: "rebuilt" },
  lossPaths: { full: { kind: "full", transformers: "4.46", outputsKept: false }, ...LOSS_PATHS },
  optim: "adamw_torch",
  // transformers 4.48, modeling_utils.py, `gradient_checkpointing_enable`.
  reentrant: true,
};

/** Up to 4.45 each model upcasts its own logits (`logits = logits.float()`) before the shift. */
export const TRANSFORMERS_4_45: StackRow = {
  ...TRANSFORMERS_4_46,
  name: "Transformers up to 4.45 + PEFT",
  modelling: "transformers-4.45",
  lossPaths: { full: { kind: "full", transformers: "4.45", outputsKept: false }, ...LOSS_PATHS },
};
