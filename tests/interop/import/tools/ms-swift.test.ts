import { describe, expect, test } from "vitest";
import { importOf, saidOf, unknownOf, unmodelledOf } from "../said-of.ts";

const MODEL = "--model Qwen/Qwen3-8B";

describe("flags of ms-swift 2", () => {
  const OLD = [
    "NPROC_PER_NODE=2 swift sft --model_type qwen2-1_5b-instruct --model_id_or_path /models/qwen/Qwen2-1___5B-Instruct",
    "--sft_type lora --dtype AUTO --batch_size 6 --eval_batch_size 1 --lora_dropout_p 0.1 --use_flash_attn true",
    "--deepspeed default-zero2 --max_length 3000 --template_type qwen --train_dataset_sample -1",
  ].join(" ");

  test("are read as what they are called today", () => {
    expect(saidOf(OLD)).toMatchObject({
      model: "qwen2-1.5b",
      method: "lora",
      batch: "6",
      dropout: "0.1",
      attn: "flash",
      shard: "zero2",
      offload: "none",
      gpus: "2",
      accum: "2",
    });
    expect(unknownOf(OLD)).toEqual([]);
    expect(importOf(OLD).lists.read.map(({ field }) => field)).toContain("batch_size: 6");
  });

  test("name the model by its type where the path does not", () => {
    expect(
      saidOf("swift sft --model_type qwen2-0_5b-instruct --model_id_or_path /mine/7 --sft_type full"),
    ).toMatchObject({ model: "qwen2-0.5b" });
  });

  test("quantise by bitsandbytes where they name no other way, which today's do not", () => {
    expect(saidOf(`swift sft ${MODEL} --quantization_bit 4`)).toMatchObject({ method: "qlora", quant: "nf4", dq: "1" });
    expect(saidOf(`swift sft ${MODEL} --quant_bits 4`)).toMatchObject({ method: "lora" });
    expect(unmodelledOf(`swift sft ${MODEL} --quantization_bit 2`)).toEqual(["quantization_bit: 2"]);
  });
});

describe("ms-swift", () => {
  test.each([
    ["--tuner_type adalora", { tuner: "adalora", r: "12" }],
    ["--tuner_type adalora --lora_rank 4 --adalora_init_r 20", { tuner: "adalora", r: "20" }],
    ["--tuner_type vera", { tuner: "vera", r: "256" }],
    ["--tuner_type lora --lora_rank 4", { r: "4" }],
  ])("%s has the rank of its tuner", (flags, said) => {
    expect(saidOf(`swift sft ${MODEL} ${flags}`)).toMatchObject(said);
  });

  test("GaLore is an optimizer, where AdamW is projected", () => {
    const galore = (rest: string): string => `swift sft ${MODEL} --tuner_type full --use_galore ${rest}`;
    expect(saidOf(galore("true"))).toMatchObject({ optim: "galore_adamw" });
    expect(saidOf(galore("false"))).toMatchObject({ optim: "adamw_torch_fused" });
    expect(unmodelledOf(galore("true --optim adafactor --galore_rank 64 --galore_optim_per_parameter true"))).toEqual([
      "use_galore: true",
      "galore_optim_per_parameter: true",
      "galore_rank: 64",
    ]);
  });

  test.each([
    ["CUDA_VISIBLE_DEVICES=0,1 swift sft", ["CUDA_VISIBLE_DEVICES: 0,1"]],
    ["NPROC_PER_NODE=2 CUDA_VISIBLE_DEVICES=0,1,2,3 swift sft", ["CUDA_VISIBLE_DEVICES: 0,1,2,3"]],
    ["NPROC_PER_NODE=2 CUDA_VISIBLE_DEVICES=0,1 swift sft", []],
    ["CUDA_VISIBLE_DEVICES=0,1 accelerate launch --num_processes 2 swift/cli/sft.py", []],
    ["CELOSS_PARALLEL_SIZE=2048 NPROC_PER_NODE=2 swift sft", ["CELOSS_PARALLEL_SIZE: 2048"]],
  ])("%s says what no key does", (start, fields) => {
    expect(unmodelledOf(`${start} ${MODEL}`)).toEqual(fields);
  });

  test("stays a whole run beside the launcher's file that it names", () => {
    const said = saidOf(
      {
        name: "run.sh",
        text: `accelerate launch --config_file conf/fsdp.json swift/cli/sft.py ${MODEL} --max_length 900`,
      },
      {
        name: "fsdp.json",
        text: '{"distributed_type": "FSDP", "num_processes": 4, "fsdp_config": {"fsdp_sharding_strategy": "FULL_SHARD"}}',
      },
    );
    expect(said).toMatchObject({
      gpus: "4",
      shard: "fsdp1",
      r: "8",
      alpha: "32",
      dropout: "0.05",
      batch: "1",
      seq: "900",
    });
  });
});
