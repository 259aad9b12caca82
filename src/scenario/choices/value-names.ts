import type { ParameterFormat } from "#calc/base/dtype.ts";
import type { TargetPreset } from "#calc/model/layout.ts";
import type { Offload, OptimizerId, Sharding } from "#calc/model/scenario.ts";
import type { LossChoice } from "#catalog/stack-row.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** PEFT's tuners. Here and below: the words for each value that the scenario's controls offer, in the order in which they are offered. */
export const TUNER_NAMES: Readonly<Record<Choices["tuner"], string>> = {
  lora: "LoRA",
  vera: "VeRA",
  ia3: "IA3",
  lorafa: "LoRA-FA",
  loha: "LoHa",
  lokr: "LoKr",
  oft: "OFT",
  vblora: "VB-LoRA",
  adalora: "AdaLoRA",
  prompt_tuning: "Prompt tuning",
};

export const LOSS_NAMES: Readonly<Record<LossChoice, string>> = {
  full: "Full",
  parallel: "Full",
  inplace: "In place",
  chunked: "Chunked",
  fused: "Fused",
};

export const ATTENTION_NAMES: Readonly<Record<NonNullable<Choices["attn"]>, string>> = {
  flash: "Flash",
  sdpa: "SDPA",
  math: "Math",
  eager: "Eager",
};

export const OPTIMIZER_NAMES: Readonly<Record<OptimizerId, string>> = {
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

export const SHARDING_NAMES: Readonly<Record<Sharding, string>> = {
  none: "None",
  ddp: "DDP",
  zero1: "ZeRO 1",
  zero2: "ZeRO 2",
  zero3: "ZeRO 3",
  fsdp1: "FSDP 1",
  fsdp2: "FSDP 2",
};

/** What is checkpointed of layers; `every`: of so many the last. */
export const SELECTIVE_NAMES = { none: "Whole", op: "By operation", every: "One in n" } as const;

/** What is set of PyTorch's allocator; `split`: blocks of a size and more are not split. */
export const ALLOC_NAMES = { default: "Default", expandable: "Expandable", split: "Split limit" } as const;

/** How long rows are; `lognormal`: about a mean. */
export const LENGTHS_NAMES = { fixed: "Fixed", uniform: "Uniform", lognormal: "Log-normal" } as const;

/** What an evaluation keeps of each batch. */
export const EVALKEEP_NAMES: Readonly<Record<Choices["evalkeep"], string>> = {
  loss: "Loss",
  logits: "Logits",
  argmax: "Argmax",
};

/** When what is kept goes to host memory; `every`: after so many batches. */
export const EVALMOVE_NAMES = { end: "At the end", every: "Every n batches" } as const;

export const SAVING_NAMES: Readonly<Record<Choices["saving"], string>> = {
  none: "None",
  adapter: "Adapters",
  full: "Whole model",
  sharded: "Sharded",
};

export const MERGE_NAMES: Readonly<Record<Choices["merge"], string>> = { 0: "Off", 1: "On", safe: "Safe" };

/** Where weights are made; `none`: loading is not counted. */
export const LOADING_NAMES: Readonly<Record<Choices["loading"], string>> = {
  none: "Not counted",
  device: "On the GPU",
  host: "On the host",
};

export const OFFLOAD_NAMES: Readonly<Record<Offload, string>> = { none: "None", optimizer: "Optimizer", all: "All" };

export const KBIT_NAMES: Readonly<Record<NonNullable<Choices["kbit"]>, string>> = {
  fp32: "fp32",
  trl: "TRL to 0.10",
  "trl-0.11": "TRL 0.11+",
  axolotl: "Axolotl",
  none: "None",
};

export const QUANT_NAMES: Readonly<Record<Choices["quant"], string>> = {
  nf4: "NF4",
  fp4: "FP4",
  int8: "int8",
  gptq: "GPTQ",
  "unsloth-dynamic": "Unsloth dynamic 4-bit",
};

export const TARGET_NAMES: Readonly<Record<TargetPreset, string>> = {
  "q-v": "q, v",
  attention: "Attention",
  "attention-mlp": "Attention + MLP",
  "all-linear": "All linear",
};

/** A format in words: a dtype's name, or its bytes. */
export const formatName = (format: ParameterFormat): string => (typeof format === "number" ? `${format} B` : format);
