import { expect, test } from "vitest";
import { type Case, changed } from "./changed.ts";

const LIGER = ["+ plugins:", "+   - axolotl.integrations.liger.LigerPlugin"];

test.each<Case>([
  [
    "an update in two passes of shorter rows that are not packed",
    { batch: 4 },
    { batch: 2, accum: 2, seq: 1024, packing: false },
    [
      "- micro_batch_size: 4",
      "- sequence_len: 2048",
      "- sample_packing: true",
      "+ micro_batch_size: 2",
      "+ gradient_accumulation_steps: 2",
      "+ sequence_len: 1024",
      "+ sample_packing: false",
    ],
  ],
  [
    "a fused loss",
    {},
    { loss: "fused" },
    [...LIGER, "+ liger_fused_linear_cross_entropy: true", "* From axolotl 0.5."],
  ],
  ["an in-place loss", {}, { loss: "inplace" }, [...LIGER, "+ liger_cross_entropy: true", "* From axolotl 0.5."]],
  ["a chunked loss", {}, { loss: "chunked" }, ["+ chunked_cross_entropy: true", "* From axolotl 0.11."]],
  [
    "flash attention",
    {},
    { attn: "flash" },
    ["+ attn_implementation: flash_attention_2", "* From axolotl 0.12, with flash-attn installed."],
  ],
  ["the math kernel", {}, { attn: "math" }, ["? Axolotl has no field for SDPA’s math kernel."]],
  ["8-bit AdamW", {}, { optim: "adamw_bnb_8bit" }, ["+ optimizer: adamw_bnb_8bit", "* With bitsandbytes installed."]],
  ["Muon, which it has itself", {}, { optim: "muon" }, ["+ optimizer: muon"]],
  [
    "activations in host memory, recomputing kept",
    {},
    { actoffload: true },
    ["+ activation_offloading: hidden_states", "* From axolotl 0.18."],
  ],
  [
    "activations of whole models in host memory",
    { method: "full" },
    { actoffload: true },
    ["+ activation_offloading: true", "* From axolotl 0.12."],
  ],
  ["no checkpointing", {}, { ckpt: false }, ["- gradient_checkpointing: true", "+ gradient_checkpointing: false"]],
  [
    "layers in part",
    {},
    { selective: "op" },
    ["- gradient_checkpointing: true", "? Axolotl has no field for checkpointing layers in part."],
  ],
  [
    "LoRA",
    { method: "full" },
    { method: "lora" },
    ["+ adapter: lora", "+ lora_r: 16", "+ lora_alpha: 32", "+ lora_target_linear: true"],
  ],
  ["QLoRA", {}, { method: "qlora" }, ["- adapter: lora", "+ adapter: qlora", "+ load_in_4bit: true"]],
  ["LoRA on int8", {}, { method: "qlora", quant: "int8" }, ["+ load_in_8bit: true"]],
  ["a GPTQ base", { method: "qlora", quant: "int8" }, { quant: "gptq" }, ["- load_in_8bit: true", "+ gptq: true"]],
  [
    "double quantization, which it does unless told otherwise",
    { method: "qlora", dq: false },
    { dq: true },
    [
      "- bnb_config_kwargs:",
      "-   bnb_4bit_quant_type: nf4",
      "-   bnb_4bit_use_double_quant: false",
      "+ bnb_config_kwargs:",
      "+   bnb_4bit_quant_type: nf4",
      "+   bnb_4bit_use_double_quant: true",
    ],
  ],
  [
    "fewer modules",
    {},
    { targets: "q-v" },
    [
      "- lora_target_linear: true",
      "+ lora_target_linear: false",
      "+ lora_target_modules:",
      "+   - q_proj",
      "+   - v_proj",
    ],
  ],
  [
    "LoRA without DoRA",
    { dora: true },
    { dora: false },
    ["- peft_use_dora: true", "+ peft_use_dora: false", "* From axolotl 0.5."],
  ],
  [
    "modules trained beside adapters, and dropout",
    {},
    { save: ["lm_head"], dropout: 0.1 },
    ["+ lora_dropout: 0.1", "+ lora_modules_to_save:", "+   - lm_head"],
  ],
  ["adapters in bf16", {}, { adapters: "bf16" }, ["+ peft_autocast_adapter_dtype: false", "* From axolotl 0.13.1."]],
  [
    "two GPUs with FSDP 2",
    {},
    { gpus: 2 },
    [
      "+ fsdp_version: 2",
      "+ fsdp_config:",
      "+   auto_wrap_policy: TRANSFORMER_BASED_WRAP",
      "+   offload_params: false",
      "+   reshard_after_forward: true",
      "+ axolotl train config.yaml --launcher accelerate -- --num_processes=2",
      "* From axolotl 0.8.1.",
    ],
  ],
  [
    "everything in host memory with FSDP 1",
    { gpus: 2, shard: "fsdp1" },
    { offload: "all" },
    [
      "- fsdp_config:",
      "-   fsdp_auto_wrap_policy: TRANSFORMER_BASED_WRAP",
      "-   fsdp_offload_params: false",
      "+ fsdp_config:",
      "+   fsdp_auto_wrap_policy: TRANSFORMER_BASED_WRAP",
      "+   fsdp_offload_params: true",
    ],
  ],
  [
    "ZeRO 3",
    { gpus: 2, shard: "zero1" },
    { shard: "zero3" },
    ["- deepspeed: deepspeed_configs/zero1.json", "+ deepspeed: deepspeed_configs/zero3_bf16.json"],
  ],
  [
    "ZeRO 2, whose shipped file offloads",
    { gpus: 2, shard: "ddp" },
    { shard: "zero2" },
    ["? Axolotl has no field for ZeRO 2: none of the DeepSpeed JSONs in deepspeed_configs is so."],
  ],
  [
    "the optimizer in host memory",
    { gpus: 2, shard: "zero2" },
    { offload: "optimizer" },
    ["+ deepspeed: deepspeed_configs/zero2.json"],
  ],
  [
    "tensor and context parallelism",
    { gpus: 4, shard: "ddp" },
    { tp: 2, cp: 2 },
    ["+ tensor_parallel_size: 2", "+ context_parallel_size: 2", "* From axolotl 0.8.", "* From axolotl 0.12."],
  ],
  [
    "a card without bf16",
    {},
    { gpu: { kind: "catalog", id: "t4" } },
    ["- bf16: true", "+ bf16: false", "+ fp16: true"],
  ],
])("%s", (...[, before, patch, lines]) => {
  expect(changed({ stack: "axolotl", ...before }, patch)).toEqual(lines);
});
