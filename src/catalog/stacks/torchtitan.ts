// Defaults of torchtitan.

import { type StackRow, withoutTrainer } from "#catalog/stack-row.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * torchtitan: a Llama of its own in fp32, whose matrix products FSDP2 runs in bf16; logits in fp32 for the cross entropy and let go of before backward; fused
 * AdamW. FSDP2 reduces gradients in fp32 (`mixed_precision_reduce`); embeddings, norm and head are the unit of the whole model. Checkpointed layers keep
 * the outputs of attention and of every other product (`selective_ac_option = "op"`).
 */
export const TORCHTITAN: StackRow = {
  ...withoutTrainer(TRANSFORMERS),
  name: "torchtitan",
  weights: "fp32",
  kbitPreparation: "none",
  // torchtitan 0.1 and 0.2, distributed/parallel_dims.py: `loss_parallel_enabled` with tensor parallelism, unless `disable_loss_parallel`.
  loss: "parallel",
  selective: "op",
  // torchtitan, distributed/fsdp.py, `get_fsdp_reshard_after_forward_policy`: "default" is not to reshard where there is a pipeline.
  fsdp: {
    reshardsAfterForward: true,
    keepsWholeInPipeline: true,
    reduce: "fp32",
    reducesEachMicroStep: true,
    endsApart: false,
  },
};
