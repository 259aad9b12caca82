import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { configLines, type ConfigLines, linesInOtherLibraries } from "#interop/config-lines/config-lines.ts";
import { DEFAULT_CHOICES, type Choices } from "#scenario/keys/choices.ts";
import { changed, type Case } from "./changed.ts";

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

const QWEN: Partial<Choices> = { method: "qlora", model: { kind: "catalog", id: "qwen3-30b-a3b" } };
const PACKED = "* From axolotl 0.15, on CUDA, with bitsandbytes 0.50 or later.";

describe("Axolotl quantises experts", () => {
  test.each<Case>([
    ["with the rest of a 4-bit base", {}, { experts: "4bit" }, ["+ quantize_moe_experts: true", PACKED]],
    ["with the rest of an int8 base", { quant: "int8" }, { experts: "8bit" }, ["+ quantize_moe_experts: true", PACKED]],
    ["in no other format than the rest", {}, { experts: "8bit" }, ["? Axolotl has no field for experts in int8."]],
    [
      "on no base that was quantised before",
      { quant: "gptq" },
      { experts: "4bit" },
      ["? Axolotl has no field for experts in 4-bit."],
    ],
    [
      "to be read in its own way",
      { experts: "4bit" },
      { expertread: "rebuilt" },
      ["- quantize_moe_experts: true", "? Axolotl has no field for experts in 4-bit, rebuilt in backward."],
    ],
    [
      "to NF4 with double quantization, whatever the rest is",
      { dq: false },
      { experts: "4bit" },
      [
        "+ quantize_moe_experts: true",
        PACKED,
        "? Axolotl has no field for the format of experts: it is NF4 with double quantization.",
      ],
    ],
    ["of no dense model", { model: DEFAULT_CHOICES.model }, { experts: "4bit" }, []],
    ["of no 16-bit base", { method: "lora" }, { experts: "4bit" }, []],
  ])("%s", (...[, before, patch, lines]) =>
    expect(changed({ stack: "axolotl", ...QWEN, targets: "attention", ...before }, patch)).toEqual(lines),
  );
});

/** All lines of an Axolotl file that say what has adapters. */
const targeted = (patch: Partial<Choices>): readonly string[] => {
  const choices: Choices = { ...DEFAULT_CHOICES, ...QWEN, stack: "axolotl", ...patch };
  const { added } = configLines({ ...choices, stack: "trl" }, choices, FULL_CATALOG);
  const from = added.findIndex((line) => line.startsWith("lora_target"));
  return added.slice(from).filter((line) => /^(lora_(target|rank_p|alpha_p)| {2}(- [a-z_.]+$|mlp))/.test(line));
};

describe("adapters on experts are parameters by name in Axolotl", () => {
  const ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"].map((name) => `  - ${name}`);
  const PARAMETERS = ["mlp.experts.gate_up_proj", "mlp.experts.down_proj", "mlp.gate.weight"].map(
    (name) => `  - ${name}`,
  );

  // PEFT's own conversion gives gate_proj and up_proj, fused, the rank of both.
  const ALL = [
    "lora_target_modules:",
    ...ATTENTION,
    "lora_target_parameters:",
    ...PARAMETERS,
    "lora_rank_pattern:",
    "  mlp.experts.gate_up_proj: 32",
    "lora_alpha_pattern:",
    "  mlp.experts.gate_up_proj: 64",
  ];

  test("beside experts that it quantises, where it refuses lora_target_linear", () =>
    expect(targeted({ experts: "4bit" })).toEqual(ALL));

  test("and beside experts in 16 bits, which lora_target_linear does not find", () =>
    expect(targeted({})).toEqual(ALL));

  test("as far as they are named", () =>
    expect(targeted({ targets: ["q_proj", "down_proj"] })).toEqual([
      "lora_target_modules:",
      "  - q_proj",
      "lora_target_parameters:",
      "  - mlp.experts.down_proj",
    ]));

  test("and none where PEFT has none for them: linears are a list beside quantised experts", () => {
    const qwen2 = { model: { kind: "catalog", id: "qwen1.5-moe-a2.7b" } } as const;
    expect(targeted(qwen2)).toEqual(["lora_target_linear: true"]);
    expect(targeted({ ...qwen2, experts: "4bit" })).toEqual([
      "lora_target_modules:",
      ...ATTENTION,
      ...["gate_proj", "up_proj", "down_proj", "shared_expert_gate"].map((name) => `  - ${name}`),
    ]);
  });

  test("without DoRA, which PEFT refuses beside them, so that fused kernels stay on", () => {
    const before = { stack: "axolotl", ...QWEN };
    expect(changed(before, { dora: true })).toEqual([]);
    expect(changed({ ...before, targets: "attention" }, { dora: true })).toContain("+ peft_use_dora: true");
  });

  test("without dropout, which PEFT refuses beside them", () => {
    const before = { stack: "axolotl", ...QWEN };
    expect(changed(before, { dropout: 0.1 })).toEqual([]);
    expect(changed({ ...before, targets: "attention" }, { dropout: 0.1 })).toEqual(["+ lora_dropout: 0.1"]);
  });
});

const elsewhere = (before: Partial<Choices>, patch: Partial<Choices>): ReadonlyMap<string, ConfigLines> => {
  const choices = { ...DEFAULT_CHOICES, ...before };
  const lines = linesInOtherLibraries(choices, { ...choices, ...patch }, FULL_CATALOG);
  const byFile = new Map(lines.map((each) => [each.file, each]));
  expect(byFile.size).toBe(lines.length);
  return byFile;
};

describe("a change in the file of another library", () => {
  const found = elsewhere({ batch: 4 }, { batch: 2, accum: 2, loss: "fused" });

  test("is what changes there, from what is counted to what is counted then", () => {
    expect(found.get("Axolotl YAML")).toEqual({
      file: "Axolotl YAML",
      removed: ["micro_batch_size: 4"],
      added: [
        "micro_batch_size: 2",
        "gradient_accumulation_steps: 2",
        "plugins:",
        "  - axolotl.integrations.liger.LigerPlugin",
        "liger_fused_linear_cross_entropy: true",
      ],
      versions: ["From axolotl 0.5."],
      missing: [],
    });
  });

  test("says in a sentence what it has no field for, and is none of those that stay", () => {
    expect(found.get("JSON, DeepSpeed")?.missing).toEqual(["DeepSpeed has no field for a fused loss."]);
    expect(found.get("Options of litgpt finetune, LitGPT")?.missing).toEqual(["LitGPT has no field for a fused loss."]);
  });

  test("has a line at least: DeepSpeed's JSON knows nothing of losses", () => {
    expect(elsewhere({}, { loss: "fused" }).has("JSON, DeepSpeed")).toBe(false);
    for (const { removed, added } of found.values()) expect([...removed, ...added]).not.toEqual([]);
  });

  test("is of no library without the method", () => {
    const files = (method: Choices["method"]) => [...elsewhere({ method, batch: 4 }, { batch: 2, accum: 2 }).keys()];
    expect(files("lora")).not.toContain("torchtitan TOML");
    expect(files("full")).toContain("torchtitan TOML");
  });

  test("is the chosen library's own in no case, whichever of its versions is counted", () => {
    for (const stack of ["trl", "trl-0.13", "fms-acceleration"])
      expect([...elsewhere({ stack, batch: 4 }, { batch: 2 }).keys()]).not.toContain("SFTConfig, TRL");
    expect([...found.keys()]).toContain("SFTConfig, TRL");
    expect([...found.keys()]).not.toContain("TrainingArguments, Transformers");
  });
});
