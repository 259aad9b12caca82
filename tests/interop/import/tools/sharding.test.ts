import { describe, expect, test } from "vitest";
import { importOf, saidOf, unknownOf, unmodelledOf } from "../said-of.ts";

describe("accelerate", () => {
  test.each([
    ["distributed_type: 'NO'\nnum_processes: 8\n", { shard: "none", gpus: "1" }],
    ["distributed_type: NO\nnum_processes: 1\n", { shard: "none", gpus: "1" }],
    ["distributed_type: MULTI_GPU\nnum_processes: 4\nnum_machines: 2\n", { shard: "ddp", gpus: "4" }],
    ["distributed_type: DEEPSPEED\nnum_processes: 2\n", { shard: "zero2", offload: "none" }],
    [
      "distributed_type: DEEPSPEED\ndeepspeed_config:\n  zero_stage: 3\n  offload_optimizer_device: cpu\n  offload_param_device: cpu\n",
      { shard: "zero3", offload: "all", gpus: "2" },
    ],
    ["distributed_type: FSDP\nfsdp_config: {}\nnum_processes: 2\n", { shard: "fsdp1", offload: "none" }],
    [
      "distributed_type: FSDP\nfsdp_config:\n  fsdp_version: 2\n  fsdp_offload_params: true\n  fsdp_activation_checkpointing: true\n",
      { shard: "fsdp2", offload: "all", ckpt: "1" },
    ],
    ["distributed_type: FSDP\nfsdp_config:\n  fsdp_sharding_strategy: NO_SHARD\n", { shard: "ddp" }],
    [
      "distributed_type: FSDP\nnum_processes: 8\nparallelism_config:\n  parallelism_config_tp_size: 2\n  parallelism_config_cp_size: 2\n  parallelism_config_sp_size: 1\n",
      { tp: "2", cp: "2", ulysses: "1" },
    ],
    ["distributed_type: MULTI_GPU\nmixed_precision: fp16\n", { compute: "fp16" }],
  ])("%j", (text, said) => {
    expect(saidOf(text)).toMatchObject(said);
    expect(unknownOf(text)).toEqual([]);
  });

  test.each([
    ["fsdp_config:\n  fsdp_sharding_strategy: SHARD_GRAD_OP\n", "fsdp_config.fsdp_sharding_strategy: SHARD_GRAD_OP"],
    ["fsdp_config:\n  fsdp_sharding_strategy: HYBRID_SHARD\n", "fsdp_config.fsdp_sharding_strategy: HYBRID_SHARD"],
    ["fsdp_config:\n  fsdp_auto_wrap_policy: NO_WRAP\n", "fsdp_config.fsdp_auto_wrap_policy: NO_WRAP"],
    ["mixed_precision: fp8\n", "mixed_precision: fp8"],
    ["dynamo_config:\n  dynamo_backend: INDUCTOR\n", "dynamo_config.dynamo_backend: INDUCTOR"],
  ])("says that it does not model %j", (lines, field) => {
    expect(unmodelledOf(`distributed_type: FSDP\n${lines}`)).toContain(field);
  });

  test("another way of sharing is named", () => {
    expect(unmodelledOf("distributed_type: MEGATRON_LM\nnum_processes: 8\n")).toContain(
      "distributed_type: MEGATRON_LM",
    );
  });

  test("what a run says of a step goes before what its launcher says", () => {
    const run = "model_name_or_path: Qwen/Qwen2.5-7B\ngradient_accumulation_steps: 8\nfp16: true\nbf16: false\n";
    const launcher =
      "distributed_type: DEEPSPEED\nmixed_precision: bf16\ndeepspeed_config:\n  gradient_accumulation_steps: 4\n  zero_stage: 1\n";
    expect(saidOf(launcher, run)).toMatchObject({ accum: "8", compute: "fp16", shard: "zero1" });
    expect(saidOf(launcher)).toMatchObject({ accum: "4", compute: "bf16" });
  });

  test("a part leaves the rest of a scenario as it is", () => {
    const { choices } = importOf("distributed_type: MULTI_GPU\nnum_processes: 4\n");
    expect(choices).toMatchObject({ stack: "transformers", gpus: 4, shard: "ddp", seq: 2048 });
  });
});

describe("DeepSpeed", () => {
  test.each([
    ['{ "zero_optimization": true }', { shard: "zero1" }],
    ['{ "train_batch_size": 8 }', { shard: "ddp", offload: "none" }],
    ['{ "zero_optimization": { "stage": 1 } }', { shard: "zero1", offload: "none", gpus: "2" }],
    [
      '{ "zero_optimization": { "stage": 2, "offload_optimizer": { "device": "none" } } }',
      { shard: "zero2", offload: "none" },
    ],
    ['{ "zero_optimization": { "stage": 2, "cpu_offload": true } }', { offload: "optimizer" }],
    [
      '{ "zero_optimization": { "stage": 3, "offload_optimizer": { "device": "nvme" }, "offload_param": { "device": "nvme" } } }',
      { shard: "zero3", offload: "all" },
    ],
    [
      '{ "zero_optimization": { "stage": 0 }, "train_micro_batch_size_per_gpu": 4, "gradient_accumulation_steps": 2 }',
      { shard: "ddp", batch: "4", accum: "2" },
    ],
    [
      '{ "zero_optimization": { "stage": 3 }, "fp16": { "enabled": true }, "bf16": { "enabled": false } }',
      { compute: "fp16" },
    ],
    [
      '{ "zero_optimization": { "stage": 3 }, "optimizer": { "type": "AdamW", "params": { "torch_adam": true } } }',
      { optim: "adamw_torch" },
    ],
  ])("%s", (text, said) => {
    expect(saidOf(text)).toMatchObject(said);
    expect(unknownOf(text)).toEqual([]);
  });

  test("what is left to the script says nothing", () => {
    const text =
      '{ "zero_optimization": { "stage": 2, "reduce_bucket_size": "auto" }, "train_micro_batch_size_per_gpu": "auto", "bf16": { "enabled": "auto" } }';
    expect(saidOf(text)).not.toHaveProperty("batch");
    expect(saidOf(text)).not.toHaveProperty("compute");
    expect(unmodelledOf(text)).toEqual([]);
  });

  test.each([
    [
      '{ "zero_optimization": { "stage": 3, "offload_param": { "device": "cpu" } } }',
      "zero_optimization.offload_param.device: cpu",
    ],
    [
      '{ "zero_optimization": { "stage": 3, "zero_quantized_weights": true } }',
      "zero_optimization.zero_quantized_weights: true",
    ],
    [
      '{ "zero_optimization": { "stage": 3, "stage3_max_live_parameters": 100000 } }',
      "zero_optimization.stage3_max_live_parameters: 100000",
    ],
    ['{ "zero_optimization": { "stage": 9 } }', "zero_optimization.stage: 9"],
    ['{ "zero_optimization": { "stage": 1 }, "optimizer": { "type": "OneBitAdam" } }', "optimizer.type: OneBitAdam"],
  ])("says that it does not model a part of %s", (text, field) => {
    expect(unmodelledOf(text)).toContain(field);
  });
});

describe("sizes that are left to DeepSpeed", () => {
  const json = (zero: string): string => `{"zero_optimization": {${zero}}, "train_batch_size": 8}`;

  test.each([
    ['"stage": 0', []],
    ['"stage": 2', [/500,000,000 elements .* 0\.93 GiB/]],
    ['"stage": 2, "reduce_bucket_size": "auto"', []],
    ['"stage": 3, "reduce_bucket_size": "auto"', [/^stage3_param_persistence_threshold is not set: .* 100,000/]],
    ['"stage": 3', [/^reduce_bucket_size is not set.*100,000 elements/]],
    ['"stage": 3, "reduce_bucket_size": "auto", "stage3_param_persistence_threshold": "auto"', []],
    ['"stage": 2, "reduce_bucket_size": 5e8', [/“auto” becomes under the Trainer, the square of the width/]],
  ])("of a JSON with %s", (zero, sentences) => {
    const said = importOf(json(zero)).lists.notModelled.map(({ sentence }) => sentence);
    expect(said).toEqual(sentences.map((sentence) => expect.stringMatching(sentence) as string));
  });

  test.each([
    ["distributed_type: DEEPSPEED\ndeepspeed_config:\n  zero_stage: 3\n", "deepspeed_config.zero_stage: 3"],
    ["distributed_type: DEEPSPEED\nnum_processes: 2\n", "distributed_type: DEEPSPEED"],
    ["trl sft --model_name_or_path Qwen/Qwen3-8B --accelerate_config zero2", "accelerate_config: zero2"],
    ["swift sft --model Qwen/Qwen3-8B --deepspeed zero2", "deepspeed: zero2"],
  ])("accelerate and files that tools ship say so, too: %j", (text, field) => {
    expect(importOf(text).lists.notModelled).toEqual([
      expect.objectContaining({ field, sentence: expect.stringMatching(/elements are reduced at once/) as string }),
    ]);
  });

  test.each([
    "distributed_type: DEEPSPEED\ndeepspeed_config:\n  zero_stage: 0\n",
    "swift sft --model Qwen/Qwen3-8B --deepspeed zero3",
    "distributed_type: FSDP\nfsdp_config:\n  fsdp_version: 2\n",
  ])("nothing is said where they are “auto”, or nothing is shared by ZeRO: %j", (text) => {
    expect(importOf(text).lists.notModelled).toEqual([]);
  });
});
