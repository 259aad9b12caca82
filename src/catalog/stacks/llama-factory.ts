// Defaults of LLaMA-Factory.

import type { StackRow } from "#catalog/stack-row.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * LLaMA-Factory: every trained parameter is cast to fp32 unless `pure_bf16` is set: adapters, and in full fine-tuning all weights, gradients and
 * states (16 B per parameter, under autocast). What is frozen stays as loaded: norms are upcast on request only (`upcast_layernorm`). Checkpoints are
 * reentrant (`use_reentrant_gc`), but under FSDP 2. Its list of linears (`find_all_linear_modules`) has no fused experts, and its PEFT (0.9.5: up to 0.18) converts no names.
 */
export const LLAMA_FACTORY: StackRow = {
  ...TRANSFORMERS,
  name: "LLaMA-Factory",
  fullWeights: "fp32",
  kbitPreparation: "none",
  adaptsExperts: false,
  reentrant: true,
  // model/model_utils/checkpointing.py, `prepare_model_for_training`: "`use_reentrant_gc` has been set to False".
  reentrantTurned: [{ shard: "fsdp2" }],
};
