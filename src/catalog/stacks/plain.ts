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
  versions: "transformers 5.x model, torch 2.x",
  autocast: false,
  kbitPreparation: "none",
  lossPaths: { full: { kind: "full", transformers: "5", outputsKept: true }, ...LOSS_PATHS },
  optim: "adamw_torch",
  summary: "A loop of your own: pure bf16, AdamW with foreach temporaries, logits held by the loop.",
  source: [
    {
      label: "pytorch 2.x: torch/optim/optimizer.py, _default_to_fused_or_foreach (foreach on CUDA)",
      url: "https://github.com/pytorch/pytorch/blob/v2.8.0/torch/optim/optimizer.py",
    },
  ],
};
