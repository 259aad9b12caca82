import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { importFiles } from "#interop/import/import-files.ts";
import type { GivenFile } from "#interop/import/source-fields.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { importOf, saidOf } from "./said-of.ts";

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
