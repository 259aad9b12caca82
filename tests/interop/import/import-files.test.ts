import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { importFiles } from "#interop/import/import-files.ts";
import type { GivenFile } from "#interop/import/source-fields.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { importOf, saidOf } from "./said-of.ts";
import type { Imported } from "#interop/import/import-result.ts";
import { linkTexts } from "#scenario/choices/encode-link.ts";
import { importText, linesOf } from "./import-text.ts";

const file = (name: string, text: string): GivenFile => ({ name, text });

const imported = (...files: readonly GivenFile[]) =>
  importFiles(files, { catalog: FULL_CATALOG, base: DEFAULT_CHOICES });

const LORA = file("a.yml", "base_model: Qwen/Qwen3-8B\nadapter: lora\nlora_r: 8\nlora_alpha: 16\ndatasets: []\n");
const TRL = file(
  "b.yaml",
  "model_name_or_path: Qwen/Qwen3-4B\nuse_peft: true\nlora_r: 4\nmax_length: 512\noutput_dir: o\n",
);

describe("several files", () => {
  test("that are runs of their own are refused: no one has half of each", () => {
    expect(imported(LORA, TRL)).toEqual({
      kind: "refused",
      refusals: [{ file: "a.yml", line: null, sentence: "a.yml and b.yaml are two runs: import one." }],
    });
    expect(imported(LORA, TRL, file("c.yaml", TRL.text))).toMatchObject({
      refusals: [{ sentence: "a.yml, b.yaml and c.yaml are three runs: import one." }],
    });
  });

  test.each([
    ["trl sft --config configs/b.yaml --lora_r 32"],
    ["accelerate launch --num_processes 4 sft.py --config b.yaml --model_name_or_path Qwen/Qwen3-4B --lora_r 32"],
  ])("of which one is the command that starts the other: %s", (command) => {
    const { lists } = importOf(file("run.sh", command), TRL);
    const said = saidOf(file("run.sh", command), TRL);
    expect(said).toMatchObject({ model: "qwen3-4b", method: "lora", r: "32", seq: "512" });
    expect(lists.notModelled).toEqual([]);
  });

  test("say which of them a key is from, and what the other said", () => {
    const { lists } = importOf(TRL, file("adapter.json", '{"peft_type": "LORA", "r": 16, "lora_alpha": 16}'));
    expect(lists.read.filter(({ key }) => key === "r")).toEqual([
      expect.objectContaining({ at: { file: "adapter.json", line: 1 }, field: "r: 16", text: "16" }),
    ]);
    expect(lists.ignored).toContainEqual(
      expect.objectContaining({
        at: { file: "b.yaml", line: 3 },
        field: "lora_r: 4",
        sentence: "another file says r=16",
      }),
    );
  });

  test("name a model that is not in the catalog, and say what it is in its config.json", () => {
    const run = file("run.yaml", TRL.text.replace("Qwen/Qwen3-4B", "someone/their-3b"));
    const config = {
      model_type: "llama",
      hidden_size: 3072,
      intermediate_size: 8192,
      num_hidden_layers: 28,
      num_attention_heads: 24,
      num_key_value_heads: 8,
      vocab_size: 32_000,
    };
    expect(importOf(run).lists.notModelled.map(({ field }) => field)).toEqual(["model_name_or_path: someone/their-3b"]);
    const { lists, choices } = importOf(run, file("theirs.json", JSON.stringify(config)));
    expect(lists.notModelled).toEqual([]);
    expect(choices.model).toMatchObject({ kind: "architecture", architecture: { hidden_size: 3072 } });
  });
});

describe("a file that is named and not read", () => {
  test("by a recipe of torchtune is said, whatever it ends in, with what is set beside it", () => {
    const { lists } = importOf("tune run lora_dpo_distributed --config ours batch_size=8 model.lora_rank=64");
    expect(lists.notModelled.map(({ field }) => field)).toEqual([
      'config: ["ours","batch_size=8","model.lora_rank=64"]',
      "batch_size: 8",
      "model.lora_rank: 64",
    ]);
  });

  test.each([
    [
      "llamafactory-cli train x.yaml lora_rank=8",
      ["command: llamafactory-cli train x.yaml lora_rank=8", "lora_rank: 8"],
    ],
    ["trl sft --config x.yaml", ["config: x.yaml", "model"]],
  ])("by %j is said", (command, fields) => {
    expect(importOf(command).lists.notModelled.map(({ field }) => field)).toEqual(fields);
  });

  const launch =
    "accelerate launch --config_file configs/own.yaml --num_processes 8 sft.py --model_name_or_path Qwen/Qwen3-8B";

  test("may divide a model: what is counted instead is said", () => {
    const shardOf = (...files: readonly (string | GivenFile)[]) =>
      importOf(...files).lists.assumed.find(({ key }) => key === "shard");
    expect(shardOf(launch)).toMatchObject({ text: "ddp", sentence: expect.stringContaining("is not read") as string });
    expect(shardOf("trl sft --model_name_or_path Qwen/Qwen3-8B --num_processes 8 --deepspeed own.json")).toMatchObject({
      sentence: expect.stringContaining("is not read") as string,
    });
    expect(shardOf("torchrun --nproc_per_node 8 sft.py --model_name_or_path Qwen/Qwen3-8B")).toMatchObject({
      sentence: expect.stringContaining("nothing that divides") as string,
    });
  });

  test("and is given beside is read", () => {
    const own = file("own.yaml", "distributed_type: FSDP\nfsdp_config:\n  fsdp_version: 2\nnum_processes: 8\n");
    expect(saidOf(file("run.sh", launch), own)).toMatchObject({ shard: "fsdp2", gpus: "8" });
  });

  test("by accelerate's YAML leaves no sharing to the calculator", () => {
    const text =
      "distributed_type: DEEPSPEED\nnum_processes: 8\ndeepspeed_config:\n  deepspeed_config_file: own.json\n";
    expect(saidOf(text)).toMatchObject({ shard: "zero2", gpus: "8" });
    const json = file("own.json", '{ "zero_optimization": { "stage": 3 } }');
    expect(saidOf(file("a.yaml", text), json)).toMatchObject({ shard: "zero3" });
  });
});

/** What a key of the link is after an import. */
const keyOf = (imported: Imported, key: string): string | undefined =>
  imported.kind === "refused" ? imported.refusals[0]?.sentence : linkTexts(imported.choices)[key];

const notModelled = (imported: Imported): readonly string[] =>
  imported.kind === "refused" ? [] : imported.lists.notModelled.map(({ field }) => field.split(":")[0] ?? "");

const unsloth = (load: string, rest = ""): Imported =>
  importText(
    `from unsloth import FastLanguageModel\nm, t = FastLanguageModel.from_pretrained("Qwen/Qwen3-8B"${load})\n${rest}`,
  );

describe("Unsloth", () => {
  test.each([
    ["", "qlora"],
    [", load_in_4bit = True", "qlora"],
    [", load_in_4bit = False", "lora"],
    [", load_in_16bit = True", "lora"],
    [", load_in_8bit = True", "qlora"],
    [", full_finetuning = True", "full"],
  ])("from_pretrained with %j trains by %s", (load, method) => {
    expect(keyOf(unsloth(load), "method")).toBe(method);
  });

  test.each([
    ["", "1", "1"],
    ['use_gradient_checkpointing = "unsloth"', "1", "1"],
    ["use_gradient_checkpointing = True", "1", "0"],
    ["use_gradient_checkpointing = False", "0", "0"],
  ])("get_peft_model(%s) checkpoints", (argument, ckpt, actoffload) => {
    const imported = unsloth("", `FastLanguageModel.get_peft_model(m, ${argument})`);
    expect([keyOf(imported, "ckpt"), keyOf(imported, "actoffload")]).toEqual([ckpt, actoffload]);
  });

  test("TRL's own config has Unsloth's defaults, transformers' arguments have theirs", () => {
    expect(keyOf(unsloth("", "SFTConfig()"), "batch")).toBe("4");
    expect(keyOf(unsloth("", "SFTConfig()"), "accum")).toBe("2");
    expect(keyOf(unsloth("", "TrainingArguments()"), "batch")).toBe("8");
    expect(keyOf(unsloth("", "TrainingArguments()"), "accum")).toBe("1");
  });

  test("the shorter length counts", () => {
    expect(keyOf(unsloth(", max_seq_length = 4096", "SFTConfig(max_seq_length = 512)"), "seq")).toBe("512");
    expect(keyOf(unsloth(", max_seq_length = 4096", "SFTConfig(max_length = 512)"), "seq")).toBe("4096");
    expect(keyOf(unsloth(""), "seq")).toBe("2048");
  });

  test("rows of preferences are cut by the trainer's own length", () => {
    const dpo = (rest: string): string | undefined => keyOf(unsloth(", max_seq_length = 4096", rest), "seq");
    expect(dpo("PatchDPOTrainer()\nDPOTrainer(args = DPOConfig(beta = 0.1), max_length = 640)")).toBe("640");
    expect(dpo("DPOTrainer(args = DPOConfig(max_length = 700))")).toBe("700");
    expect(dpo("DPOTrainer(args = DPOConfig(beta = 0.1))")).toBe("1024");
  });

  test("a batch is raised to generations that it does not divide into", () => {
    const grpo = (rest: string): string | undefined => keyOf(unsloth("", `GRPOConfig(${rest})`), "batch");
    expect(grpo("per_device_train_batch_size = 1, gradient_accumulation_steps = 1, num_generations = 6")).toBe("6");
    expect(grpo("per_device_train_batch_size = 2, gradient_accumulation_steps = 3, num_generations = 6")).toBe("2");
    expect(grpo("per_device_train_batch_size = 2, gradient_accumulation_steps = 1")).toBe("8");
  });
});

describe("ms-swift", () => {
  const swift = (flags: string, before = ""): Imported =>
    importText(`${before}swift sft --model Qwen/Qwen3-8B ${flags}`);

  test.each([
    ["--per_device_train_batch_size 3", "6"],
    ["--per_device_train_batch_size 32", "1"],
    ["--gradient_accumulation_steps 5", "5"],
  ])("%s makes %s micro batches of a step", (flags, accum) => {
    expect(keyOf(swift(flags), "accum")).toBe(accum);
  });

  test("GPUs are processes over machines, data parallel unless something shares", () => {
    expect(keyOf(swift("", "NNODES=2 NPROC_PER_NODE=4 "), "gpus")).toBe("8");
    expect(keyOf(swift("", "NPROC_PER_NODE=4 "), "shard")).toBe("ddp");
    expect(keyOf(swift("--deepspeed zero3", "NPROC_PER_NODE=4 "), "shard")).toBe("zero3");
    expect(notModelled(swift("", "CUDA_VISIBLE_DEVICES=0,1 "))).toContain("CUDA_VISIBLE_DEVICES");
  });

  test("quant_bits counts beside quant_method alone", () => {
    expect(keyOf(swift("--quant_bits 8 --quant_method bnb"), "quant")).toBe("int8");
    expect(keyOf(swift("--quant_bits 4"), "method")).toBe("lora");
    expect(notModelled(swift("--quant_bits 4 --quant_method hqq"))).toContain("quant_method");
  });

  test("Megatron's code is refused", () => {
    expect(keyOf(importText("megatron sft --model a/b"), "model")).toContain("Megatron");
  });
});

describe("launchers", () => {
  const trl = (launcher: string): Imported => importText(`${launcher} sft.py --model_name_or_path Qwen/Qwen3-8B`);

  test.each([
    ["accelerate launch --num_processes 4 --multi_gpu", "4", "ddp"],
    ["accelerate launch --num_processes 4 --use_deepspeed --zero_stage 2", "4", "zero2"],
    ["accelerate launch --use_fsdp --num_processes 2", "2", "fsdp1"],
    ["accelerate launch --config_file examples/accelerate_configs/deepspeed_zero3.yaml", "8", "zero3"],
    ["torchrun --nnodes 2 --nproc_per_node 2", "4", "ddp"],
  ])("%s goes over %s GPUs by %s", (launcher, gpus, shard) => {
    expect([keyOf(trl(launcher), "gpus"), keyOf(trl(launcher), "shard")]).toEqual([gpus, shard]);
  });
});

describe("torchtitan", () => {
  const titan = (more: string): Imported => importText(`[model]\nname = "llama3"\nflavor = "8B"\n${more}`);

  test.each([
    ['mode = "none"', "0", ""],
    ['mode = "full"', "1", "none"],
    ['mode = "selective"', "1", "2"],
    ['mode = "selective"\nselective_ac_option = "op"', "1", "op"],
    ['mode = "selective"\nselective_ac_option = "1"', "1", "none"],
  ])("%j checkpoints", (lines, ckpt, selective) => {
    const imported = titan(`[activation_checkpoint]\n${lines}`);
    expect(keyOf(imported, "ckpt")).toBe(ckpt);
    if (selective !== "") expect(keyOf(imported, "selective")).toBe(selective);
  });

  test("a pipeline's micro batches are rows of its own size", () => {
    const imported = titan("[training]\nlocal_batch_size = 8\n[parallelism]\npipeline_parallel_degree = 2");
    expect([keyOf(imported, "batch"), keyOf(imported, "accum"), keyOf(imported, "pp")]).toEqual(["1", "8", "2"]);
  });

  test.each([
    ['[model]\nname = "Qwen/Qwen3-4B"\nseq_len = 4096\n[optim]\nlr = 1e-5', false],
    ['[model]\nname = "qwen3"\nflavor = "4B"', true],
    ['[model]\nname = "qwen3"\n[parallelism]\ntensor_parallel_degree = 2', true],
    ['[model]\nname = "qwen3"\n[job]\ndump_folder = "out"', true],
  ])("%j is its TOML: %s", (text, isIts) => {
    const imported = importText(text);
    expect(imported.kind === "imported" ? imported.tools : []).toEqual(isIts ? ["torchtitan 0.2.2"] : []);
  });

  test("what is no language model is refused", () => {
    expect(keyOf(importText('[model]\nname = "flux"\nflavor = "flux-dev"'), "model")).toContain("no language model");
  });
});

describe("parts of a run", () => {
  const adapters = '{"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": "all-linear"}';

  test("of many modules that a model does not have the first stands for all", () => {
    const named = (names: readonly string[]): Imported =>
      importText(adapters.replace('"all-linear"', JSON.stringify(["q_proj", ...names])));
    const many = named(["aa", "bb", "cc", "dd", "ee"]);
    expect(notModelled(named(["aa", "bb"]))).toHaveLength(2);
    expect(notModelled(many)).toHaveLength(1);
    expect(linesOf(many).some(({ sentence }) => sentence?.endsWith("So it is with bb, cc, dd and ee."))).toBe(true);
  });

  test("adapters over a base in 4 bits make QLoRA", () => {
    const packed = adapters.replace("{", '{"base_model_name_or_path": "unsloth/gemma-2-9b-bnb-4bit", ');
    expect(["method", "model", "quant"].map((key) => keyOf(importText(packed), key))).toEqual([
      "qlora",
      "gemma-2-9b",
      "nf4",
    ]);
  });

  test("adapters leave the rest as it is; beside full fine-tuning they make LoRA of it", () => {
    const base = { ...DEFAULT_CHOICES, method: "full", seq: 777 } as const;
    const imported = importFiles([{ name: "a.json", text: adapters }], { catalog: FULL_CATALOG, base });
    expect([keyOf(imported, "method"), keyOf(imported, "seq"), keyOf(imported, "r")]).toEqual(["lora", "777", "4"]);
  });

  test("adapters beside a run say its rank, and its method stays", () => {
    const run =
      'from unsloth import x\nFastLanguageModel.from_pretrained("Qwen/Qwen3-8B")\nFastLanguageModel.get_peft_model(m, r = 32)';
    const imported = importText(run, adapters);
    expect([keyOf(imported, "method"), keyOf(imported, "r")]).toEqual(["qlora", "4"]);
  });

  test.each(["(?:.*?language.*?(?:q_proj|v_proj).*?)", "model.layers.3.self_attn.q_proj"])(
    "targets by %s are counted as every linear, not as what PEFT takes where there are none",
    (modules) => {
      const imported = importText(JSON.stringify({ peft_type: "LORA", r: 4, target_modules: modules }));
      expect([keyOf(imported, "targets"), notModelled(imported)]).toEqual(["all-linear", ["target_modules"]]);
      const sentences = linesOf(imported).map(({ sentence }) => sentence ?? "");
      expect(sentences.filter((sentence) => sentence.includes("where none are named"))).toEqual([]);
    },
  );

  test("a module of one layer is not one of all", () => {
    const save = (modules: readonly string[]): Imported =>
      importText(JSON.stringify({ peft_type: "LORA", modules_to_save: modules }));
    expect(notModelled(save(["model.layers.3.mlp"]))).toEqual(["modules_to_save"]);
    expect(keyOf(save(["model.embed_tokens", "lm_head"]), "save")).toBe("embed_tokens,lm_head");
  });

  test("a config.json says each part of the architecture, and what it leaves open", () => {
    const imported = importText(
      '{"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 100}',
    );
    const said = linesOf(imported).map(({ field, text }) => `${field} ${text ?? ""}`);
    expect(said).toContain("hidden_size: 64 h64");
    expect(keyOf(imported, "arch")).toMatch(/^llama\.h64\./);
    if (imported.kind === "imported")
      expect(imported.lists.assumed.some(({ sentence }) => sentence?.startsWith("intermediate_size"))).toBe(true);
  });

  test("an index of many tensors is a line of its list", () => {
    const weights = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`w${index}`, "a.safetensors"]));
    const imported = importText(JSON.stringify({ metadata: { total_size: 100 }, weight_map: weights }));
    expect(linesOf(imported).map(({ sentence }) => sentence)).toContain("and 49 more of weight_map");
    expect(linesOf(imported)).toHaveLength(2);
  });
});
