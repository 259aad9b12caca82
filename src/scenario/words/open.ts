import type { OPEN } from "#scenario/keys/open.ts";
import type { WordsOf } from "./key-words.ts";

export const OPEN_WORDS = {
  model: { label: "Model", difference: "model" },
  gpu: { label: "GPU", difference: "GPU" },
  gpus: { label: "How many GPUs", difference: "GPUs" },
  batch: { label: "Batch size", difference: "batch" },
  seq: { label: "Sequence length", difference: "sequence" },
  r: { label: "LoRA rank", difference: "rank" },
  targets: {
    label: "Target modules",
    difference: "targets",
    values: { "q-v": "q, v", attention: "Attention", "attention-mlp": "Attention + MLP", "all-linear": "All linear" },
  },
  weights: { label: "Bytes per parameter", difference: "weights" },
  grads: { label: "Gradients", difference: "gradients" },
  states: { label: "Optimizer states", difference: "optimizer states" },
  adapters: { label: "Adapters", difference: "adapters" },
} satisfies WordsOf<typeof OPEN>;
