// Defaults of a custom PyTorch loop, with a transformers model or a custom one.

import { type StackRow, LOSS_PATHS, withoutKernels } from "#catalog/stack-row.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * A loop written by hand over a transformers model: pure bf16, no autocast, no k-bit preparation, `torch.optim.AdamW` as it comes (foreach on a GPU).
 * The loop's own variable `outputs` keeps the logits alive through backward.
 */
export const PLAIN: StackRow = {
  ...TRANSFORMERS,
  name: "Custom PyTorch loop",
  autocast: false,
  kbitPreparation: "none",
  lossPaths: { full: { kind: "full", transformers: "5", outputsKept: true }, ...LOSS_PATHS },
  optim: "adamw_torch",
  fsdp: { reshardsAfterForward: true, reduce: "bf16", reducesEachMicroStep: true, endsApart: false },
};

/**
 * A model and a loop of one's own, as books on writing a language model have them: cross entropy on the logits in their own type, nothing held beyond
 * backward, `torch.optim.AdamW` as it comes.
 */
export const PLAIN_TORCH: StackRow = {
  ...withoutKernels(PLAIN),
  name: "Custom PyTorch model",
  lossPaths: { full: { kind: "full", transformers: "none", outputsKept: false }, ...LOSS_PATHS },
};
