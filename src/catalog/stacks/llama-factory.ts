import type { StackRow } from "#catalog/stack-row.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * LLaMA-Factory: every trained parameter is cast to fp32 unless `pure_bf16` is set: adapters, and in full fine-tuning all weights, gradients and
 * states (16 B per parameter, under autocast). What is frozen stays as loaded: norms are upcast on request only (`upcast_layernorm`).
 */
export const LLAMA_FACTORY: StackRow = {
  ...TRANSFORMERS,
  name: "LLaMA-Factory",
  versions: "LLaMA-Factory 0.9.6, transformers 5.x",
  fullWeights: "fp32",
  kbitPreparation: "none",
  summary: "Everything trained is fp32, full fine-tuning too; no k-bit preparation.",
  source: [
    {
      label:
        "hiyouga/LLaMA-Factory@ff6d4d12:src/llamafactory/model/adapter.py, init_adapter (cast_trainable_params_to_fp32)",
      url: "https://github.com/hiyouga/LLaMA-Factory/blob/ff6d4d12eeb035d6ce06805a5733dd7b29f2ac30/src/llamafactory/model/adapter.py",
    },
    {
      label:
        "hiyouga/LLaMA-Factory@ff6d4d12:src/llamafactory/model/model_utils/checkpointing.py, prepare_model_for_training",
      url: "https://github.com/hiyouga/LLaMA-Factory/blob/ff6d4d12eeb035d6ce06805a5733dd7b29f2ac30/src/llamafactory/model/model_utils/checkpointing.py",
    },
  ],
};
