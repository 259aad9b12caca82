import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { configLines } from "#interop/config-lines/config-lines.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { changed } from "./changed.ts";

describe("another library's file is written whole", () => {
  test("with what it has no field for, but not what it does by itself", () => {
    expect(changed({ batch: 4 }, { stack: "litgpt" })).toEqual([
      "+ litgpt finetune_lora",
      "+ --train.micro_batch_size 4",
      "+ --train.global_batch_size 4",
      "+ --train.max_seq_length 2048",
      "+ --lora_r 16",
      "+ --lora_alpha 32",
      "+ --lora_dropout 0",
      "+ --lora_key true",
      "+ --lora_projection true",
      "+ --lora_mlp true",
      "? LitGPT has no field for checkpointing.",
      "? LitGPT has no field for packing rows.",
    ]);
  });
  test("without lines that are its defaults", () => {
    expect(changed({ stack: "axolotl" }, { stack: "trl" })).toEqual([
      "+ per_device_train_batch_size=1,",
      "+ max_length=2048,",
      "+ packing=True,",
      "+ r=16,  # LoraConfig",
      "+ lora_alpha=32,  # LoraConfig",
      '+ target_modules="all-linear",  # LoraConfig',
      "* From TRL 0.16.",
      "* From PEFT 0.8.",
    ]);
  });
  test("without rows that are not packed", () => {
    expect(changed({ packing: false, method: "qlora" }, { stack: "unsloth", targets: ["q_proj"] })).toEqual([
      "+ per_device_train_batch_size=1,",
      "+ gradient_accumulation_steps=1,",
      "+ max_seq_length=2048,  # FastLanguageModel.from_pretrained",
      "+ r=16,  # FastLanguageModel.get_peft_model",
      "+ lora_alpha=32,  # FastLanguageModel.get_peft_model",
      '+ target_modules=["q_proj"],  # FastLanguageModel.get_peft_model',
    ]);
  });
  test("once for adapters that it does not have", () => {
    expect(changed({}, { stack: "torchtitan" })).toContain(
      "? torchtitan has no field for adapters or a quantised base.",
    );
    expect(changed({}, { stack: "torchtitan" })).not.toContain("? torchtitan has no field for the rank of adapters.");
    expect(changed({ method: "full" }, { stack: "torchtitan" })).toEqual([
      "+ training.local_batch_size = 1",
      "+ training.seq_len = 2048",
      '+ activation_checkpoint.selective_ac_option = "op"',
      "* In torchtitan 0.1 and 0.2.",
      "? torchtitan has no field for packing rows.",
    ]);
  });
});

test.each([
  [{ tp: 2 }, ["tensor parallelism"]],
  [{ tp: 2, sp: true, cp: 2 }, ["tensor parallelism", "sequence parallelism", "context parallelism"]],
  [{ pp: 2 }, ["a pipeline"]],
  [{ ulysses: 2 }, ["Ulysses"]],
])("ways to divide one model that a library does not know are named: %j", (patch, words) => {
  expect(changed({ stack: "llama-factory", gpus: 8, accum: 4, shard: "ddp" }, patch)).toEqual(
    words.map((each) => `? LLaMA-Factory has no field for ${each}.`),
  );
});

test("a division that cannot be is not written", () => {
  expect(changed({ stack: "axolotl", gpus: 2, shard: "ddp" }, { tp: 3 })).toEqual([]);
});

test("another version of a library has the same file", () => {
  expect(changed({ stack: "litgpt" }, { stack: "litgpt-0.4" })).toEqual(["? It takes LitGPT 0.4."]);
});

test("a name that is no library's is Transformers'", () => {
  const choices = { ...DEFAULT_CHOICES, stack: "nothing-such" };
  expect(configLines(choices, choices, FULL_CATALOG).file).toBe("TrainingArguments, Transformers");
});

test.each([
  ["transformers", "TrainingArguments, Transformers"],
  ["trl", "SFTConfig, TRL"],
  ["trl-0.13", "SFTConfig, TRL"],
  ["unsloth", "FastLanguageModel and SFTConfig, Unsloth"],
  ["axolotl", "Axolotl YAML"],
  ["llama-factory", "LLaMA-Factory YAML"],
  ["torchtune", "Overrides of the YAML, torchtune"],
  ["litgpt", "Options of litgpt finetune, LitGPT"],
  ["deepspeed", "JSON, DeepSpeed"],
  ["torchtitan", "torchtitan TOML"],
  ["fsdp-qlora", "Options of train.py, fsdp_qlora"],
  ["plain", "A loop by hand, PyTorch"],
  ["plain-torch", "A loop and a model by hand, PyTorch"],
])("the file of %s is called %j", (stack, file) => {
  const choices = { ...DEFAULT_CHOICES, stack };
  expect(configLines(choices, choices, FULL_CATALOG).file).toBe(file);
});
