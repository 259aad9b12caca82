import { expect, test } from "vitest";
import { type Case, changed } from "../changed.ts";

test.each<Case>([
  [
    "an update in two passes of shorter rows",
    { batch: 4 },
    { batch: 2, accum: 2, seq: 1024 },
    [
      "- --train.micro_batch_size 4",
      "- --train.max_seq_length 2048",
      "+ --train.micro_batch_size 2",
      "+ --train.max_seq_length 1024",
    ],
  ],
  [
    "more GPUs, each with a batch of its own",
    { accum: 2 },
    { gpus: 2 },
    ["- --train.global_batch_size 2", "+ --train.global_batch_size 4", "+ --devices 2"],
  ],
  [
    "8-bit AdamW",
    {},
    { optim: "adamw_bnb_8bit" },
    ["+ --optimizer bitsandbytes.optim.AdamW8bit", "* With bitsandbytes installed."],
  ],
  ["Adafactor", {}, { optim: "adafactor" }, ["+ --optimizer Adafactor"]],
  ["fused AdamW", {}, { optim: "adamw_torch_fused" }, ["? LitGPT has no field for the optimizer adamw_torch_fused."]],
  [
    "QLoRA, whose optimizer is paged",
    { optim: "paged_adamw_32bit" },
    { method: "qlora" },
    [
      "- --optimizer bitsandbytes.optim.PagedAdamW",
      "+ --optimizer AdamW",
      "+ --quantize bnb.nf4-dq",
      "* With bitsandbytes installed.",
    ],
  ],
  [
    "another optimizer on a quantised base",
    { method: "qlora", optim: "paged_adamw_32bit" },
    { optim: "sgd" },
    ["? LitGPT takes PagedAdamW of bitsandbytes on a quantised base: no field says otherwise."],
  ],
  [
    "int8 for 4 bits",
    { method: "qlora", dq: false },
    { quant: "int8" },
    ["- --quantize bnb.nf4", "+ --quantize bnb.int8-training", "* With bitsandbytes installed."],
  ],
  [
    "a GPTQ base",
    { method: "qlora" },
    { quant: "gptq" },
    ["- --quantize bnb.nf4-dq", "? LitGPT has no field for a base in GPTQ."],
  ],
  [
    "a dynamic 4-bit base",
    { method: "qlora" },
    { quant: "unsloth-dynamic" },
    ["- --quantize bnb.nf4-dq", "? LitGPT has no field for a base in Unsloth dynamic 4-bit."],
  ],
  [
    "attention alone, of a smaller rank",
    {},
    { targets: "attention", r: 8 },
    [
      "- --lora_r 16",
      "- --lora_alpha 32",
      "- --lora_mlp true",
      "+ --lora_r 8",
      "+ --lora_alpha 16",
      "+ --lora_mlp false",
    ],
  ],
  [
    "one linear of the MLP",
    { targets: "q-v" },
    { targets: ["q_proj", "up_proj"] },
    ["? LitGPT has no field for these target modules."],
  ],
  [
    "LoRA",
    { method: "full" },
    { method: "lora", dropout: 0.05 },
    [
      "- litgpt finetune_full",
      "+ litgpt finetune_lora",
      "+ --lora_r 16",
      "+ --lora_alpha 32",
      "+ --lora_key true",
      "+ --lora_projection true",
      "+ --lora_mlp true",
    ],
  ],
  ["activations in host memory", {}, { actoffload: true }, ["? LitGPT has no field for activations in host memory."]],
  [
    "FSDP 1, where adapters have FSDP 2",
    { gpus: 2 },
    { shard: "fsdp1" },
    ["? LitGPT has no field for FSDP 1: its own is FSDP 2."],
  ],
  [
    "FSDP 1 of whole models",
    { gpus: 2, method: "full" },
    { shard: "fsdp1" },
    ["? FSDP 1 is what LitGPT does by itself: no field says so."],
  ],
])("%s", (...[, before, patch, lines]) => {
  expect(changed({ stack: "litgpt", ...before }, patch)).toEqual(lines);
});
