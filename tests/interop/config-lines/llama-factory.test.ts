import { expect, test } from "vitest";
import { type Case, changed } from "./changed.ts";

test.each<Case>([
  [
    "an update in two passes of shorter rows that are not packed",
    { batch: 4 },
    { batch: 2, accum: 2, seq: 1024, packing: false },
    [
      "- per_device_train_batch_size: 4",
      "- cutoff_len: 2048",
      "- packing: true",
      "+ per_device_train_batch_size: 2",
      "+ gradient_accumulation_steps: 2",
      "+ cutoff_len: 1024",
      "+ packing: false",
    ],
  ],
  [
    "a fused loss",
    {},
    { loss: "fused" },
    ["+ enable_liger_kernel: true", "* From LLaMA-Factory 0.9, with liger-kernel installed."],
  ],
  ["an in-place loss", {}, { loss: "inplace" }, ["? LLaMA-Factory has no field for an in-place loss."]],
  [
    "flash attention after eager attention",
    { attn: "eager" },
    { attn: "flash" },
    ["- flash_attn: disabled", "+ flash_attn: fa2", "* With flash-attn installed."],
  ],
  [
    "paged 8-bit AdamW",
    {},
    { optim: "paged_adamw_8bit" },
    ["+ optim: paged_adamw_8bit", "* From transformers 4.30, with bitsandbytes installed."],
  ],
  [
    "APOLLO, by a switch",
    { optim: "muon" },
    { optim: "apollo_adamw" },
    [
      "- use_muon: true",
      "+ use_apollo: true",
      "+ use_muon: false",
      "* From LLaMA-Factory 0.9.2.",
      "* From LLaMA-Factory 0.9.3.",
    ],
  ],
  ["no checkpointing", {}, { ckpt: false }, ["+ disable_gradient_checkpointing: true", "* From LLaMA-Factory 0.5."]],
  ["checkpoints in host memory", {}, { actoffload: true }, ["+ use_unsloth_gc: true", "* From LLaMA-Factory 0.9."]],
  [
    "activations in host memory without checkpoints",
    { ckpt: false },
    { actoffload: true },
    ["? LLaMA-Factory has no field for activations in host memory: it sends checkpoints alone."],
  ],
  [
    "LoRA",
    { method: "full" },
    { method: "lora", alpha: 16 },
    ["- finetuning_type: full", "+ finetuning_type: lora", "+ lora_rank: 16", "+ lora_alpha: 16", "+ lora_target: all"],
  ],
  ["whole models in bf16", { method: "full" }, { weights: "bf16" }, ["+ pure_bf16: true", "* From LLaMA-Factory 0.6."]],
  [
    "adapters in bf16",
    {},
    { adapters: "bf16" },
    ["? LLaMA-Factory has no field for adapters in bf16: they are fp32 as PEFT makes them."],
  ],
  ["a smaller rank, of which alpha is twice", {}, { r: 8 }, ["- lora_rank: 16", "+ lora_rank: 8"]],
  [
    "a smaller rank, of which alpha is no longer twice",
    { alpha: 32 },
    { r: 8 },
    ["- lora_rank: 16", "+ lora_rank: 8", "+ lora_alpha: 32"],
  ],
  [
    "OFT, whose rank is the size of a block",
    {},
    { tuner: "oft" },
    [
      "- finetuning_type: lora",
      "- lora_rank: 16",
      "+ finetuning_type: oft",
      "+ oft_block_size: 16",
      "* From LLaMA-Factory 0.9.4.",
    ],
  ],
  ["QLoRA", {}, { method: "qlora" }, ["+ quantization_bit: 4", "* With bitsandbytes installed."]],
  [
    "4 bits for 8",
    { method: "qlora", quant: "int8" },
    { quant: "fp4", dq: false },
    [
      "- quantization_bit: 8",
      "+ quantization_bit: 4",
      "+ quantization_type: fp4",
      "+ double_quantization: false",
      "* With bitsandbytes installed.",
    ],
  ],
  [
    "a GPTQ base",
    { method: "qlora" },
    { quant: "gptq" },
    [
      "- quantization_bit: 4",
      "? LLaMA-Factory has no field for a base in GPTQ: a GPTQ base is loaded by the name of a checkpoint that is one.",
    ],
  ],
  [
    "a dynamic 4-bit base",
    { method: "qlora" },
    { quant: "unsloth-dynamic" },
    [
      "- quantization_bit: 4",
      "? LLaMA-Factory has no field for a base in Unsloth dynamic 4-bit: a dynamic 4-bit base is loaded by the name of a checkpoint that is one.",
    ],
  ],
  [
    "attention alone, with more beside",
    {},
    { targets: "attention", save: ["embed_tokens", "lm_head"], dora: true },
    [
      "- lora_target: all",
      "+ use_dora: true",
      "+ lora_target: q_proj,k_proj,v_proj,o_proj",
      "+ additional_target: embed_tokens,lm_head",
      "* From LLaMA-Factory 0.5.3.",
    ],
  ],
  [
    "two GPUs with FSDP 2",
    {},
    { gpus: 2 },
    [
      "+ accelerate launch --num_processes 2 --use_fsdp --fsdp_version 2 --fsdp_auto_wrap_policy TRANSFORMER_BASED_WRAP src/train.py config.yaml",
      "* From accelerate 1.6.",
    ],
  ],
  [
    "ZeRO 3 in the place of DDP",
    { gpus: 2, shard: "ddp" },
    { shard: "zero3" },
    ["+ deepspeed: examples/deepspeed/ds_z3_config.json"],
  ],
  [
    "everything in host memory",
    { gpus: 2, shard: "zero2" },
    { offload: "all" },
    ["- deepspeed: examples/deepspeed/ds_z2_config.json", "+ deepspeed: examples/deepspeed/ds_z3_offload_config.json"],
  ],
  [
    "ZeRO 1",
    { gpus: 2, shard: "ddp" },
    { shard: "zero1" },
    ["? LLaMA-Factory has no field for ZeRO 1: none of the DeepSpeed JSONs in examples/deepspeed is so."],
  ],
  [
    "four GPUs for two",
    { gpus: 2, shard: "ddp" },
    { gpus: 4 },
    [
      "- FORCE_TORCHRUN=1 NPROC_PER_NODE=2 llamafactory-cli train config.yaml",
      "+ FORCE_TORCHRUN=1 NPROC_PER_NODE=4 llamafactory-cli train config.yaml",
    ],
  ],
])("%s", (...[, before, patch, lines]) => {
  expect(changed({ stack: "llama-factory", ...before }, patch)).toEqual(lines);
});
