import type { StackRow } from "#catalog/stack-row.ts";
import { LOSS_PATHS } from "./loss-paths.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * A loop written by hand over a transformers model: pure bf16, no autocast, no k-bit preparation, `torch.optim.AdamW` as it comes (foreach on a GPU).
 * The loop's own variable `outputs` keeps the logits alive through backward.
 */
export const PLAIN: StackRow = {
  ...TRANSFORMERS,
  name: "Plain PyTorch loop",
  autocast: false,
  kbitPreparation: "none",
  lossPaths: { full: { kind: "full", transformers: "5", outputsKept: true }, ...LOSS_PATHS },
  optim: "adamw_torch",
  fsdp: { reshardsAfterForward: true, reduce: "bf16", reducesEachMicroStep: true, endsApart: false },
};

/** The same over transformers 4.45 and before: each model upcasts its own logits. */
export const PLAIN_4_45: StackRow = {
  ...PLAIN,
  name: "Plain PyTorch loop, transformers 4.45 and before",
  lossPaths: { full: { kind: "full", transformers: "4.45", outputsKept: true }, ...LOSS_PATHS },
};
