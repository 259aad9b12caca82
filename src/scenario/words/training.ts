import type { OptimizerId } from "#calc/model/scenario.ts";
import type { TRAINING } from "#scenario/keys/training.ts";
import type { WordsOf } from "./key-words.ts";

const OPTIMIZERS: Readonly<Record<OptimizerId, string>> = {
  adamw_torch: "AdamW, foreach",
  adamw_torch_fused: "AdamW, fused",
  adamw_bnb_8bit: "AdamW, 8-bit",
  paged_adamw_8bit: "AdamW, 8-bit, paged",
  paged_adamw_32bit: "AdamW, paged",
  adafactor: "Adafactor",
  lion: "Lion",
  sgd: "SGD",
  sgd_momentum: "SGD with momentum",
  galore_adamw: "GaLore AdamW",
  apollo_adamw: "APOLLO AdamW",
  muon: "Muon",
  adamw_torch_8bit: "AdamW, 8-bit, of torchao",
  adamw_torch_4bit: "AdamW, 4-bit",
  adamw_apex_fused: "AdamW, fp32 states",
  lomo: "LOMO",
  adalomo: "AdaLomo",
  adamw_in_backward: "AdamW, in backward",
  adamw_bnb_8bit_in_backward: "AdamW, 8-bit, in backward",
  paged_adamw_8bit_in_backward: "AdamW, 8-bit, paged, in backward",
  paged_adamw_32bit_in_backward: "AdamW, paged, in backward",
};

export const TRAINING_WORDS = {
  loss: {
    label: "Loss",
    difference: "loss",
    values: { full: "Full", parallel: "Full", inplace: "In place", chunked: "Chunked", fused: "Fused" },
  },
  attn: {
    label: "Attention",
    difference: "attention",
    values: { flash: "Flash", sdpa: "SDPA", math: "Math", eager: "Eager" },
  },
  optim: { label: "Optimizer", difference: "optimizer", values: OPTIMIZERS, inSentence: OPTIMIZERS },
  accum: { label: "Gradient accumulation", difference: "gradient accumulation" },
  ckpt: { label: "Gradient checkpointing", difference: "gradient checkpointing" },
  selective: {
    label: "Layers checkpointed",
    difference: "selective checkpointing",
    values: { none: "Whole", op: "By operation", every: "One in n" },
  },
  actoffload: { label: "Activations in host memory", difference: "activations in host memory" },
  packing: { label: "Packing", difference: "packing" },
  lengths: {
    label: "Row lengths",
    difference: "row lengths",
    values: { fixed: "Fixed", uniform: "Uniform", lognormal: "Log-normal" },
  },
  alloc: {
    label: "Allocator",
    difference: "allocator",
    values: { default: "Default", expandable: "Expandable", split: "Split limit" },
  },
  liger: { label: "Liger’s kernels", difference: "Liger’s kernels", open: "off" },
  lorakernels: { label: "Fused LoRA kernels", difference: "fused LoRA kernels", open: "off" },
  reentrant: {
    label: "Reentrant checkpoints",
    difference: "reentrant checkpoints",
    open: "as the library has them",
  },
} satisfies WordsOf<typeof TRAINING>;
