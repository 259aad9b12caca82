import { describe, expect, test } from "vitest";
import { type Case, changed } from "./changed.ts";

describe("a loop by hand", () => {
  test.each<Case>([
    [
      "an update in two passes",
      { batch: 4 },
      { batch: 2, accum: 2 },
      [
        "- batch_size=4,  # DataLoader",
        "+ batch_size=2,  # DataLoader",
        "? PyTorch has no field for accumulation: the loop counts micro steps.",
      ],
    ],
    [
      "fused AdamW",
      {},
      { optim: "adamw_torch_fused" },
      ["- optimizer = torch.optim.AdamW(parameters)", "+ optimizer = torch.optim.AdamW(parameters, fused=True)"],
    ],
    [
      "SGD with momentum",
      {},
      { optim: "sgd_momentum" },
      ["- optimizer = torch.optim.AdamW(parameters)", "+ optimizer = torch.optim.SGD(parameters, momentum=0.9)"],
    ],
    [
      "8-bit AdamW",
      {},
      { optim: "adamw_bnb_8bit" },
      [
        "- optimizer = torch.optim.AdamW(parameters)",
        "+ optimizer = bitsandbytes.optim.AdamW8bit(parameters)",
        "* With bitsandbytes installed.",
      ],
    ],
    [
      "an optimizer in backward",
      {},
      { optim: "adamw_in_backward" },
      ["- optimizer = torch.optim.AdamW(parameters)", "? PyTorch has no field for the optimizer adamw_in_backward."],
    ],
    ["shorter rows", {}, { seq: 512 }, ["- max_length=2048,  # tokenizer", "+ max_length=512,  # tokenizer"]],
    ["no checkpointing", {}, { ckpt: false }, ["- model.gradient_checkpointing_enable()"]],
    [
      "layers in part",
      {},
      { selective: 2 },
      ["- model.gradient_checkpointing_enable()", "? PyTorch has no field for checkpointing layers in part."],
    ],
    [
      "DDP",
      {},
      { gpus: 2, shard: "ddp" },
      ["+ torchrun --nproc_per_node 2 train.py", "+ model = DistributedDataParallel(model)"],
    ],
    [
      "FSDP 2 for FSDP 1",
      { gpus: 2, shard: "fsdp1" },
      { shard: "fsdp2" },
      ["- model = FullyShardedDataParallel(model)", "+ fully_shard(model)"],
    ],
    [
      "everything in host memory with FSDP 1",
      { gpus: 2, shard: "fsdp1" },
      { offload: "all" },
      [
        "- model = FullyShardedDataParallel(model)",
        "+ model = FullyShardedDataParallel(model, cpu_offload=CPUOffload(offload_params=True))",
      ],
    ],
    [
      "everything of one GPU in host memory",
      {},
      { offload: "all" },
      ["+ fully_shard(model, offload_policy=CPUOffloadPolicy())"],
    ],
    [
      "ZeRO 3",
      { gpus: 2 },
      { shard: "zero3" },
      ["- fully_shard(model)", "? PyTorch has no field for ZeRO 3: ZeRO is DeepSpeed’s."],
    ],
  ])("%s", (...[, before, patch, lines]) => {
    expect(changed({ stack: "plain", ...before }, patch)).toEqual(lines);
  });

  test("of a model of one's own has no names for what is in it", () => {
    expect(changed({ stack: "plain-torch" }, { attn: "flash", r: 8, seq: 1024 })).toEqual([
      "? PyTorch has no field for the length of rows.",
      "? PyTorch has no field for flash attention.",
      "? PyTorch has no field for the rank of adapters.",
    ]);
  });
});

describe("DeepSpeed's JSON", () => {
  test.each<Case>([
    [
      "an update in two passes",
      { batch: 4 },
      { batch: 2, accum: 2 },
      [
        '- "train_micro_batch_size_per_gpu": 4,',
        '+ "train_micro_batch_size_per_gpu": 2,',
        '+ "gradient_accumulation_steps": 2,',
      ],
    ],
    [
      "ZeRO 2 with the optimizer in host memory",
      { gpus: 2, shard: "ddp" },
      { shard: "zero2", offload: "optimizer" },
      ['+ "zero_optimization": {"stage": 2, "offload_optimizer": {"device": "cpu"}},'],
    ],
    [
      "everything in host memory",
      { gpus: 2, shard: "zero3" },
      { offload: "all" },
      [
        '- "zero_optimization": {"stage": 3},',
        '+ "zero_optimization": {"stage": 3, "offload_optimizer": {"device": "cpu"}, "offload_param": {"device": "cpu"}},',
      ],
    ],
    ["FSDP 2", { gpus: 2, shard: "ddp" }, { shard: "fsdp2" }, ["? DeepSpeed has no field for FSDP 2: it takes ZeRO."]],
    ["two GPUs", { shard: "ddp" }, { gpus: 2 }, ["+ deepspeed --num_gpus 2 train.py"]],
    [
      "8-bit AdamW",
      {},
      { optim: "adamw_bnb_8bit" },
      [
        '- "optimizer": {"type": "AdamW"},',
        "? DeepSpeed has no field for the optimizer adamw_bnb_8bit: it is handed to deepspeed.initialize.",
      ],
    ],
    [
      "flash attention, which is the model's",
      {},
      { attn: "flash" },
      [
        '+ attn_implementation="flash_attention_2",  # from_pretrained',
        "* From transformers 4.36, with flash-attn installed.",
      ],
    ],
  ])("%s", (...[, before, patch, lines]) => {
    expect(changed({ stack: "deepspeed", ...before }, patch)).toEqual(lines);
  });
});

describe("fsdp_qlora's options", () => {
  test.each<Case>([
    [
      "an update in two passes of shorter rows",
      { batch: 4 },
      { batch: 2, accum: 2, seq: 512 },
      [
        "- --batch_size 4",
        "- --context_length 2048",
        "+ --batch_size 2",
        "+ --gradient_accumulation_steps 2",
        "+ --context_length 512",
      ],
    ],
    ["QLoRA", {}, { method: "qlora" }, ["- --train_type lora", "+ --train_type qlora"]],
    ["DoRA", { method: "qlora" }, { dora: true }, ["+ --train_type bnb_dora"]],
    [
      "LoRA on int8",
      { method: "full" },
      { method: "qlora", quant: "int8" },
      [
        "- --train_type full",
        "+ --lora_rank 16",
        "+ --lora_alpha 32",
        "+ --lora_dropout 0",
        "? fsdp_qlora has no field for a base in int8.",
        "? fsdp_qlora has no field for these target modules.",
      ],
    ],
    [
      "the modules that it adapts",
      {},
      { targets: ["q_proj", "k_proj", "v_proj", "gate_proj", "up_proj", "down_proj"] },
      ["+ --lora_target_modules all"],
    ],
    [
      "activations in host memory, nothing checkpointed",
      {},
      { actoffload: true, ckpt: false },
      ["+ --use_gradient_checkpointing false", "+ --use_activation_cpu_offload true"],
    ],
    [
      "fused AdamW",
      {},
      { optim: "adamw_torch_fused" },
      ["? fsdp_qlora has no field for the optimizer adamw_torch_fused."],
    ],
    [
      "two GPUs for one",
      {},
      { gpus: 2, shard: "ddp" },
      ["- --world_size 1", "+ --world_size 2", "+ --sharding_strategy ddp"],
    ],
    ["DDP for FSDP 1", { gpus: 2, shard: "fsdp1" }, { shard: "ddp" }, ["+ --sharding_strategy ddp"]],
    [
      "FSDP 2",
      { gpus: 2, shard: "ddp" },
      { shard: "fsdp2" },
      ["- --sharding_strategy ddp", "? fsdp_qlora has no field for FSDP 2."],
    ],
    [
      "everything in host memory",
      { gpus: 2, shard: "fsdp1" },
      { offload: "all" },
      ["- --use_cpu_offload false", "+ --use_cpu_offload true"],
    ],
    [
      "the optimizer alone in host memory",
      { gpus: 2, shard: "fsdp1" },
      { offload: "optimizer" },
      ["- --use_cpu_offload false", "? fsdp_qlora has no field for keeping the optimizer in host memory."],
    ],
  ])("%s", (...[, before, patch, lines]) => {
    expect(changed({ stack: "fsdp-qlora", ...before }, patch)).toEqual(lines);
  });
});
