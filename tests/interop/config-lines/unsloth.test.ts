import { expect, test } from "vitest";
import { type Case, changed } from "./changed.ts";

const LOAD = "  # FastLanguageModel.from_pretrained";
const ADAPT = "  # FastLanguageModel.get_peft_model";

test.each<Case>([
  [
    "an update in two passes of shorter rows",
    { batch: 4 },
    { batch: 2, accum: 2, seq: 1024 },
    [
      "- per_device_train_batch_size=4,",
      "- gradient_accumulation_steps=1,",
      `- max_seq_length=2048,${LOAD}`,
      "+ per_device_train_batch_size=2,",
      "+ gradient_accumulation_steps=2,",
      `+ max_seq_length=1024,${LOAD}`,
    ],
  ],
  ["QLoRA", {}, { method: "qlora" }, [`- load_in_4bit=False,${LOAD}`, `+ load_in_4bit=True,${LOAD}`]],
  ["LoRA on int8", {}, { method: "qlora", quant: "int8" }, [`+ load_in_8bit=True,${LOAD}`]],
  [
    "a dynamic 4-bit base",
    { method: "qlora" },
    { quant: "unsloth-dynamic" },
    [
      "? Unsloth has no field for a base in Unsloth dynamic 4-bit: a dynamic 4-bit base is loaded by the name of a checkpoint that is one.",
    ],
  ],
  [
    "4 bits of another kind",
    { method: "qlora" },
    { dq: false },
    ["? Unsloth has no field for a base in NF4 without double quantization."],
  ],
  ["its own 4 bits again", { method: "qlora", dq: false }, { dq: true }, [`+ load_in_4bit=True,${LOAD}`]],
  [
    "LoRA",
    { method: "full" },
    { method: "lora" },
    [
      `- full_finetuning=True,${LOAD}`,
      `+ full_finetuning=False,${LOAD}`,
      `+ r=16,${ADAPT}`,
      `+ lora_alpha=32,${ADAPT}`,
      `+ target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],${ADAPT}`,
    ],
  ],
  ["checkpoints on the GPU", {}, { actoffload: false }, [`+ use_gradient_checkpointing=True,${ADAPT}`]],
  [
    "no checkpoints of whole models",
    { method: "full" },
    { ckpt: false },
    [`+ use_gradient_checkpointing=False,${LOAD}`],
  ],
  [
    "checkpoints in host memory again",
    { actoffload: false },
    { actoffload: true },
    [`- use_gradient_checkpointing=True,${ADAPT}`, `+ use_gradient_checkpointing="unsloth",${ADAPT}`],
  ],
  ["layers in part", {}, { selective: 2 }, ["? Unsloth has no field for checkpointing layers in part."]],
  ["another optimizer than its own", {}, { optim: "adamw_torch" }, ['+ optim="adamw_torch",']],
  ["a fused loss", {}, { loss: "fused" }, ["? Unsloth has no field for a fused loss."]],
  [
    "its own loss again",
    { loss: "fused" },
    { loss: "chunked" },
    ["? A chunked loss is what Unsloth does by itself: no field says so."],
  ],
  ["two GPUs", {}, { gpus: 2, shard: "ddp" }, ["+ torchrun --nproc_per_node 2 train.py"]],
  ["FSDP 2", { gpus: 2, shard: "ddp" }, { shard: "fsdp2" }, ["? Unsloth has no field for FSDP 2."]],
])("%s", (...[, before, patch, lines]) => {
  expect(changed({ stack: "unsloth", ...before }, patch)).toEqual(lines);
});
