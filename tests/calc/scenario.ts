import { DEFAULT_ALLOCATOR, FIXED_LENGTHS, type Lora, type Quantization, type Scenario } from "#calc/model/scenario.ts";
import { LLAMA_2_7B } from "./architectures.ts";
import { lora } from "./lora.ts";

/** A scenario of which a test says only what matters to it: full fine-tuning of Llama 2 7B in bf16, as the Trainer of transformers 5 does. */
export const scenario = (patch: Partial<Scenario> = {}): Scenario => ({
  architecture: LLAMA_2_7B,
  statedParameters: null,
  accounting: "training-step",
  modelling: "transformers",
  objective: "sft",
  method: { kind: "full" },
  weights: "bf16",
  gradients: null,
  optimizerStates: null,
  masterWeightBytes: 0,
  autocast: true,
  micro_batch_size: 1,
  sequence_length: 1024,
  gradient_accumulation_steps: 1,
  gradient_checkpointing: true,
  checkpointsOffloaded: false,
  attn_implementation: "sdpa",
  packing: true,
  lengths: FIXED_LENGTHS,
  allocator: DEFAULT_ALLOCATOR,
  loss: { kind: "full", transformers: "5", outputsKept: false },
  optim: "adamw_torch_fused",
  gpus: 1,
  sharding: "none",
  offload: "none",
  ...patch,
});

/** LoRA as a method. */
export const loraMethod = (patch: Partial<Lora> = {}): Scenario["method"] => ({ kind: "lora", lora: lora(patch) });

export const NF4: Quantization = { kind: "bnb-4bit", bnb_4bit_quant_type: "nf4", bnb_4bit_use_double_quant: true };

/** QLoRA as a method: NF4 with double quantization, nothing upcast. */
export const qloraMethod = (
  patch: Partial<Extract<Scenario["method"], { kind: "qlora" }>> = {},
): Extract<Scenario["method"], { kind: "qlora" }> => ({
  kind: "qlora",
  lora: lora(),
  quantization: NF4,
  kbitPreparation: "none",
  ...patch,
});
