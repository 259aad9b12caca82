import type { StackRow } from "#catalog/stack-row.ts";
import { LOSS_PATHS } from "./loss-paths.ts";

const PEFT = {
  label:
    "huggingface/peft@5d602fdb (0.20.1.dev0):src/peft/utils/other.py, prepare_model_for_kbit_training; tuners_utils.py, cast_adapter_dtype",
  url: "https://github.com/huggingface/peft/blob/5d602fdbff04c33c1c4de55cda9d4ae1d7cb7e40/src/peft/utils/other.py",
} as const;

/**
 * Trainer with PEFT, the reference that the engine is held against. The base is loaded in bf16 (`dtype="auto"`, the default of version 5), PEFT makes
 * adapters fp32, `prepare_model_for_kbit_training` turns what stays 16-bit on a quantised base into fp32; `bf16=True` runs under autocast.
 */
export const TRANSFORMERS: StackRow = {
  name: "Transformers + PEFT",
  versions: "transformers 5.x, PEFT 0.12 and later, torch 2.8 and later",
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
  summary: "Trainer with PEFT: bf16 base under autocast, fp32 adapters, fused AdamW.",
  source: [
    {
      label: "huggingface/transformers 5.24: training_args.py (optim: adamw_torch_fused from torch 2.8 on)",
      url: "https://github.com/huggingface/transformers/blob/v5.0.0/src/transformers/training_args.py",
    },
    {
      label: "huggingface/transformers 5.24: loss/loss_utils.py, ForCausalLMLoss",
      url: "https://github.com/huggingface/transformers/blob/v5.0.0/src/transformers/loss/loss_utils.py",
    },
    PEFT,
  ],
};

/** The same before version 5 moved the upcast: shifted logits are copied while the bf16 logits live; `adamw_torch` (foreach) is the default optimizer. */
export const TRANSFORMERS_4_46: StackRow = {
  ...TRANSFORMERS,
  name: "Transformers 4.46 to 4.48 + PEFT",
  versions: "transformers 4.46 to 4.48",
  lossPaths: { full: { kind: "full", transformers: "4.46", outputsKept: false }, ...LOSS_PATHS },
  optim: "adamw_torch",
  summary: "As Transformers 5, with a copy of the shifted logits and AdamW's foreach temporaries.",
  source: [
    {
      label: "huggingface/transformers 4.48: loss/loss_utils.py, ForCausalLMLoss",
      url: "https://github.com/huggingface/transformers/blob/v4.48.1/src/transformers/loss/loss_utils.py",
    },
    {
      label: "huggingface/transformers 4.48: training_args.py (optim: adamw_torch)",
      url: "https://github.com/huggingface/transformers/blob/v4.48.1/src/transformers/training_args.py",
    },
    PEFT,
  ],
};

/** Up to 4.45 each model upcasts its own logits (`logits = logits.float()`) before the shift. */
export const TRANSFORMERS_4_45: StackRow = {
  ...TRANSFORMERS_4_46,
  name: "Transformers 4.45 and before + PEFT",
  versions: "transformers up to 4.45",
  lossPaths: { full: { kind: "full", transformers: "4.45", outputsKept: false }, ...LOSS_PATHS },
  summary: "As Transformers 5, with fp32 logits copied at the shift and AdamW's foreach temporaries.",
  source: [
    {
      label: "huggingface/transformers 4.45: models/llama/modeling_llama.py, LlamaForCausalLM.forward",
      url: "https://github.com/huggingface/transformers/blob/v4.45.2/src/transformers/models/llama/modeling_llama.py",
    },
    {
      label: "huggingface/transformers 4.45: training_args.py (optim: adamw_torch)",
      url: "https://github.com/huggingface/transformers/blob/v4.45.2/src/transformers/training_args.py",
    },
    PEFT,
  ],
};
