import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { exported, linesOf, textOf } from "./changed-choices.ts";

const yamlOf = (...given: Parameters<typeof textOf>): unknown => parse(textOf(...given));

describe("Axolotl's YAML", () => {
  test("of a QLoRA run names base, data, adapters, and what is no default", () => {
    expect(linesOf(textOf("axolotl", { method: "qlora", r: 32, packing: false, accum: 4 }))).toEqual([
      "base_model: meta-llama/Llama-3.1-8B",
      "datasets:",
      "  - path: YOUR_DATASET",
      "    type: alpaca",
      "output_dir: YOUR_OUTPUT_FOLDER # placeholder",
      "micro_batch_size: 1",
      "gradient_accumulation_steps: 4",
      "sequence_len: 2048",
      "bf16: true",
      "gradient_checkpointing: true",
      "adapter: qlora",
      "lora_r: 32",
      "lora_alpha: 64",
      "lora_target_linear: true",
      "load_in_4bit: true",
      "learning_rate: 0.0002",
      "num_epochs: 1",
    ]);
  });

  test("of several GPUs has FSDP in itself", () => {
    const patch = { gpus: 4, shard: "fsdp2", offload: "all" } as const;
    expect(yamlOf("axolotl", patch)).toMatchObject({
      fsdp_version: 2,
      fsdp_config: { auto_wrap_policy: "TRANSFORMER_BASED_WRAP", offload_params: true, reshard_after_forward: true },
    });
  });
});

describe("TRL's YAML", () => {
  test("says adapters and a quantised base by the names of ModelConfig", () => {
    const patch = {
      method: "qlora",
      quant: "fp4",
      targets: ["q_proj", "v_proj"],
      save: ["lm_head"],
      dora: true,
    } as const;
    expect(yamlOf("trl-yaml", patch)).toEqual({
      model_name_or_path: "meta-llama/Llama-3.1-8B",
      dataset_name: "YOUR_DATASET",
      output_dir: "YOUR_OUTPUT_FOLDER",
      use_peft: true,
      per_device_train_batch_size: 1,
      max_length: 2048,
      packing: true,
      dtype: "bfloat16",
      load_in_4bit: true,
      bnb_4bit_quant_type: "fp4",
      use_bnb_nested_quant: true,
      lora_r: 16,
      lora_alpha: 32,
      lora_dropout: 0,
      lora_target_modules: ["q_proj", "v_proj"],
      lora_modules_to_save: ["lm_head"],
      use_dora: true,
      learning_rate: 0.0002,
      num_train_epochs: 1,
    });
  });

  test("writes its own dropout of 0.05 out where another is chosen, and only there", () => {
    expect(yamlOf("trl-yaml", { dropout: 0.1 })).toHaveProperty("lora_dropout", 0.1);
    expect(yamlOf("trl-yaml", { dropout: 0.05 })).not.toHaveProperty("lora_dropout");
  });

  test("has no field for PEFT's cast of adapters", () => {
    expect(exported("trl-yaml", { adapters: "bf16" }).left).toEqual([
      "TRL’s command line has no field for autocast_adapter_dtype of get_peft_model.",
    ]);
  });
});

describe("accelerate's file", () => {
  test("says FSDP 2 by the options of accelerate launch", () => {
    expect(yamlOf("accelerate", { gpus: 8, tp: 2, offload: "all" })).toEqual({
      compute_environment: "LOCAL_MACHINE",
      distributed_type: "FSDP",
      mixed_precision: "bf16",
      num_machines: 1,
      num_processes: 8,
      fsdp_config: { fsdp_version: 2, fsdp_auto_wrap_policy: "TRANSFORMER_BASED_WRAP", fsdp_offload_params: true },
      parallelism_config: { parallelism_config_dp_shard_size: 4, parallelism_config_tp_size: 2 },
    });
  });

  test("says ZeRO with its micro steps, and what lies in host memory", () => {
    expect(yamlOf("accelerate", { gpus: 2, shard: "zero2", offload: "optimizer", accum: 4 })).toMatchObject({
      distributed_type: "DEEPSPEED",
      deepspeed_config: { zero_stage: 2, offload_optimizer_device: "cpu", gradient_accumulation_steps: 4 },
    });
  });

  test("says copies on each GPU", () => {
    expect(yamlOf("accelerate", { gpus: 2, shard: "ddp" })).toMatchObject({ distributed_type: "MULTI_GPU" });
  });

  test("stands beside a script that several GPUs run, and not beside one that a single GPU runs", () => {
    expect(exported("trl", { gpus: 2 }).files.map(({ name }) => name)).toEqual(["train.py", "accelerate.yaml"]);
    expect(exported("trl", {}).files.map(({ name }) => name)).toEqual(["train.py"]);
  });
});

describe("experts that GPUs share out", () => {
  const shared = { model: { kind: "catalog", id: "qwen3-30b-a3b" }, method: "full", gpus: 8, ep: 8 } as const;

  test("are one sentence of TRL's command line, beside a file for FSDP 2", () => {
    expect(exported("trl-yaml", shared).left).toEqual([
      "TRL’s command line has no field for experts that GPUs share out: FSDP 2 shards them as all else.",
    ]);
    expect(parse(textOf("trl-yaml", shared, "accelerate.yaml"))).toMatchObject({ distributed_type: "FSDP" });
  });

  test("are the script's beside accelerate's file, which starts processes", () => {
    expect(exported("accelerate", shared).left).toEqual([
      "accelerate has no field for experts that GPUs share out: the script loads the model with transformers’ DistributedConfig.",
    ]);
    expect(yamlOf("accelerate", shared)).toMatchObject({ distributed_type: "MULTI_GPU", num_processes: 8 });
  });
});

describe("torchtune's YAML", () => {
  test("is its own config of the model with the settings in their places", () => {
    expect(yamlOf("torchtune", { method: "qlora", batch: 2, optim: "paged_adamw_8bit" })).toMatchObject({
      tokenizer: { _component_: "torchtune.models.llama3.llama3_tokenizer", max_seq_len: 2048 },
      model: {
        _component_: "torchtune.models.llama3_1.lora_llama3_1_8b",
        lora_rank: 16,
        lora_attn_modules: ["q_proj", "k_proj", "v_proj", "output_proj"],
        apply_lora_to_mlp: true,
        quantize_base: true,
      },
      checkpointer: { model_type: "LLAMA3" },
      optimizer: { _component_: "bitsandbytes.optim.PagedAdamW8bit", lr: 0.0002 },
      loss: { _component_: "torchtune.modules.loss.CEWithChunkedOutputLoss" },
      batch_size: 2,
    });
  });

  test("says which checkpoint its config is of, where that is another one", () => {
    expect(exported("torchtune", {}).left).toEqual([
      "torchtune’s config is of meta-llama/Meta-Llama-3.1-8B-Instruct: its files are trained, unless they are replaced by meta-llama/Llama-3.1-8B’s.",
    ]);
    for (const id of ["mistral-7b-v0.1", "codellama-7b"])
      expect(exported("torchtune", { model: { kind: "catalog", id } }).left).toEqual([]);
  });

  test("says that it has placeholders for a model that torchtune ships no config of", () => {
    const { left } = exported("torchtune", { model: { kind: "catalog", id: "olmo-2-7b" } });
    expect(left).toContain(
      "torchtune ships no config of this model: its builders, tokenizer and files are placeholders.",
    );
  });
});

test("LLaMA-Factory's YAML names one of its DeepSpeed files", () => {
  const patch = { gpus: 4, shard: "zero3", method: "full", weights: "bf16" } as const;
  expect(yamlOf("llama-factory", patch)).toMatchObject({
    finetuning_type: "full",
    pure_bf16: true,
    deepspeed: "examples/deepspeed/ds_z3_config.json",
  });
});

test("a word that PyYAML would take for a boolean is quoted", () => {
  expect(textOf("axolotl", { save: ["on"] })).toContain('- "on"');
});
