import type { Choices } from "./choices.ts";

/**
 * What a link without keys means. These are part of the public link format (defaults are left out of a written link), so changing one
 * changes the meaning of every link ever written: it takes a new version `v`.
 */
export const DEFAULT_CHOICES: Choices = {
  model: { kind: "catalog", id: "llama-3.1-8b" },
  method: "lora",
  show: ["full", "lora", "qlora"],
  stack: "transformers",
  weights: null,
  grads: null,
  states: null,
  adapters: null,
  autocast: null,
  quant: "nf4",
  dq: true,
  kbit: null,
  r: 16,
  alpha: null,
  dropout: 0,
  targets: "all-linear",
  dora: false,
  save: [],
  batch: 1,
  seq: 2048,
  accum: 1,
  packing: true,
  ckpt: true,
  attn: null,
  loss: null,
  optim: null,
  gpu: { kind: "catalog", id: "rtx-4090" },
  used: 0,
  gpus: 1,
  shard: null,
  offload: "none",
  embed: false,
  theme: "auto",
  only: [],
  hide: [],
  lock: [],
};
