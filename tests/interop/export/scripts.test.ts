import { describe, expect, test } from "vitest";
import { exported, linesOf, textOf } from "./changed-choices.ts";

describe("a script of TRL", () => {
  test("loads the model, names the adapters and hands both to the trainer", () => {
    const lines = linesOf(textOf("trl", { method: "qlora", attn: "flash", packing: false }));
    expect(lines.slice(0, 5)).toEqual([
      "import torch",
      "from datasets import load_dataset",
      "from peft import LoraConfig",
      "from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig",
      "from trl import SFTConfig, SFTTrainer",
    ]);
    expect(lines.slice(5, 34)).toEqual([
      "training_args = SFTConfig(",
      '    output_dir="YOUR_OUTPUT_FOLDER",',
      "    per_device_train_batch_size=1,",
      "    max_length=2048,",
      "    learning_rate=0.0002,",
      ")",
      'tokenizer = AutoTokenizer.from_pretrained("meta-llama/Llama-3.1-8B")',
      "quantization_config = BitsAndBytesConfig(",
      "    load_in_4bit=True,",
      '    bnb_4bit_quant_type="nf4",',
      "    bnb_4bit_use_double_quant=True,",
      "    bnb_4bit_compute_dtype=torch.bfloat16,",
      ")",
      "model = AutoModelForCausalLM.from_pretrained(",
      '    "meta-llama/Llama-3.1-8B",',
      '    attn_implementation="flash_attention_2",',
      "    dtype=torch.bfloat16,",
      "    quantization_config=quantization_config,",
      ")",
      "peft_config = LoraConfig(",
      "    r=16,",
      "    lora_alpha=32,",
      '    target_modules="all-linear",',
      '    task_type="CAUSAL_LM",',
      ")",
      'train_dataset = load_dataset("YOUR_DATASET", split="train")  # placeholder: rows with "text" or "messages"',
      "trainer = SFTTrainer(",
      "    model=model,",
      "    args=training_args,",
    ]);
    expect(lines).toContain("    peft_config=peft_config,");
  });

  test("puts adapters in itself where PEFT is to leave them in bf16", () => {
    const lines = linesOf(textOf("trl", { adapters: "bf16" }));
    expect(lines).toContain("    autocast_adapter_dtype=False,");
    expect(lines).not.toContain("    peft_config=peft_config,");
  });

  test("of full fine-tuning has nothing of PEFT", () => {
    expect(textOf("trl", { method: "full" })).not.toMatch(/peft|lora/i);
  });
});

describe("a script of transformers", () => {
  test("prepares a quantised base before adapters go in", () => {
    const lines = linesOf(textOf("transformers", { method: "qlora" }));
    expect(lines.indexOf("model = prepare_model_for_kbit_training(model)")).toBeGreaterThan(0);
    expect(lines.indexOf("model = prepare_model_for_kbit_training(model)")).toBeLessThan(
      lines.indexOf("model = get_peft_model("),
    );
  });

  test("has the tuner's own config", () => {
    expect(textOf("transformers", { tuner: "vera", r: 256 })).toContain("peft_config = VeraConfig(\n    r=256,\n");
  });

  test("of LoRA-FA hands the trainer its optimizer", () => {
    const text = textOf("transformers", { tuner: "lorafa" });
    expect(text).toContain("from peft.optimizers import create_lorafa_optimizer\n");
    expect(text).toContain("    optimizers=(optimizer, None),\n");
  });

  test("of AdaLoRA names the number of steps once, as a placeholder", () => {
    const text = textOf("transformers", { tuner: "adalora" });
    expect(text).toContain("max_steps = 1000  # placeholder\n");
    expect(text).toContain("    total_step=max_steps,\n");
    expect(text).toContain("    max_steps=max_steps,\n");
  });
});

describe.each(["transformers", "trl"] as const)("a script of %s whose experts GPUs share out", (tool) => {
  const shared = { model: { kind: "catalog", id: "qwen3-30b-a3b" }, gpus: 8, ep: 4 } as const;

  test("loads a model that transformers divides", () => {
    const text = textOf(tool, { ...shared, method: "full" });
    expect(text).toMatch(/^from transformers import .*\bDistributedConfig\b/m);
    expect(linesOf(text).join("\n")).toContain(
      "\ndistributed_config = DistributedConfig(\n    fsdp_size=8,\n    ep_size=4,\n)\nmodel = AutoModelForCausalLM.from_pretrained(\n",
    );
    expect(text).toContain("    distributed_config=distributed_config,\n");
    expect(text).not.toMatch(/peft/i);
  });

  test("has adapters of their own class beside it", () => {
    const text = textOf(tool, { ...shared, method: "lora", targets: "attention" });
    expect(text).toContain("peft_config = LoraConfig(\n");
    expect(text.match(/DistributedConfig\(/g)).toHaveLength(1);
  });

  test("is started as plain processes, and accelerate wraps nothing", () => {
    const { files } = exported(tool, { ...shared, method: "full" });
    expect(files.map(({ name }) => name)).toEqual(["train.py"]);
    expect(files[0]?.text).toContain("# Start: torchrun --nproc_per_node 8 train.py\n");
  });
});

describe("a script of Unsloth", () => {
  test("loads in 4 bits where it is told to, and says so either way", () => {
    expect(textOf("unsloth", { method: "qlora" })).toContain("    load_in_4bit=True,\n");
    expect(textOf("unsloth", { method: "lora" })).toContain("    load_in_4bit=False,\n");
  });
});

describe("DeepSpeed's files", () => {
  test("are its JSON, and the script that hands it over", () => {
    const patch = { gpus: 8, shard: "zero3", offload: "all", accum: 2, method: "full" } as const;
    expect(exported("deepspeed", patch).files.map(({ name }) => name)).toEqual(["ds_config.json", "train.py"]);
    expect(JSON.parse(textOf("deepspeed", patch))).toEqual({
      train_micro_batch_size_per_gpu: 1,
      gradient_accumulation_steps: 2,
      zero_optimization: { stage: 3, offload_optimizer: { device: "cpu" }, offload_param: { device: "cpu" } },
      optimizer: { type: "AdamW", params: { lr: 0.0002 } },
      bf16: { enabled: true },
    });
    expect(textOf("deepspeed", patch, "train.py")).toContain('    config="ds_config.json",\n');
  });

  test("load a base on the GPU of its process, where there are several", () => {
    const patch = { method: "qlora", shard: "zero2" } as const;
    const lines = linesOf(textOf("deepspeed", { ...patch, gpus: 2 }, "train.py"));
    expect(lines.slice(0, 3)).toEqual(["import os", "import deepspeed", "import torch"]);
    const own = lines.indexOf('torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", 0)))');
    expect(own).toBeGreaterThan(0);
    expect(own).toBeLessThan(lines.indexOf("model = AutoModelForCausalLM.from_pretrained("));
    expect(textOf("deepspeed", { method: "qlora" }, "train.py")).not.toMatch(/import os|set_device/);
  });

  test("leave an optimizer that is not DeepSpeed's to the script, and say so", () => {
    expect(exported("deepspeed", { optim: "adamw_bnb_8bit", gpus: 2, shard: "zero2" }).left).toContain(
      "DeepSpeed has no field for the optimizer adamw_bnb_8bit: it is handed to deepspeed.initialize.",
    );
  });
});

describe("ms-swift's command", () => {
  test("says what its own defaults say otherwise: alpha, dropout, batch, accumulation", () => {
    const text = textOf("ms-swift", {
      method: "qlora",
      gpus: 2,
      shard: "zero2",
      alloc: "expandable",
      attn: "flash",
    });
    expect(linesOf(text)).toEqual([
      "#!/bin/sh",
      "export PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True",
      "NPROC_PER_NODE=2 swift sft \\",
      "    --model meta-llama/Llama-3.1-8B \\",
      "    --dataset YOUR_DATASET \\",
      "    --output_dir YOUR_OUTPUT_FOLDER \\",
      "    --tuner_type lora \\",
      "    --lora_rank 16 \\",
      "    --lora_alpha 32 \\",
      "    --lora_dropout 0 \\",
      "    --target_modules all-linear \\",
      "    --torch_dtype bfloat16 \\",
      "    --quant_method bnb \\",
      "    --quant_bits 4 \\",
      "    --per_device_train_batch_size 1 \\",
      "    --gradient_accumulation_steps 1 \\",
      "    --max_length 2048 \\",
      "    --packing true \\",
      "    --gradient_checkpointing_kwargs '{\"use_reentrant\":false}' \\",
      "    --attn_impl flash_attn \\",
      "    --deepspeed zero2 \\",
      "    --learning_rate 0.0002 \\",
      "    --num_train_epochs 1",
    ]);
  });

  test.each(["sdpa", "eager"] as const)("packs nothing beside %s, which ms-swift refuses, and says so", (attn) => {
    const { files, left } = exported("ms-swift", { attn });
    expect(files[0]?.text).not.toContain("--packing");
    expect(left).toEqual(["ms-swift has no field for packing rows: it packs beside flash attention alone."]);
    expect(exported("ms-swift", { attn, packing: false }).left).toEqual([]);
  });

  test("names modules one after the other", () => {
    expect(textOf("ms-swift", { targets: ["q_proj", "v_proj"] })).toContain("    --target_modules q_proj v_proj \\\n");
  });
});

describe("torchtitan's TOML", () => {
  test("has the degrees of eight GPUs, and a flavor of its own", () => {
    const lines = linesOf(textOf("torchtitan", { method: "full", gpus: 8, tp: 2, batch: 4, accum: 2 }));
    expect(lines).toEqual([
      "[job]",
      'dump_folder = "YOUR_OUTPUT_FOLDER"',
      "[model]",
      'name = "llama3"',
      'flavor = "8B"',
      'hf_assets_path = "YOUR_TOKENIZER_FOLDER"',
      "[training]",
      'dataset = "YOUR_DATASET"',
      "local_batch_size = 4",
      "global_batch_size = 32",
      "seq_len = 2048",
      "[activation_checkpoint]",
      'mode = "selective"',
      'selective_ac_option = "op"',
      "[parallelism]",
      "tensor_parallel_degree = 2",
      "data_parallel_shard_degree = 4",
    ]);
  });

  test("has no field for adapters, and a placeholder for a model that it has not", () => {
    const { left } = exported("torchtitan", { model: { kind: "catalog", id: "mistral-7b-v0.1" } });
    expect(left).toContain("torchtitan has no field for adapters or a quantised base.");
    expect(left).toContain("torchtitan has no flavor of this model: name and flavor are placeholders.");
  });
});
