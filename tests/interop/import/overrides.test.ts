import { describe, expect, test } from "vitest";
import type { GivenFile } from "#interop/import/source-fields.ts";
import { importOf, saidOf, unknownOf, unmodelledOf } from "./said-of.ts";

const file = (name: string, text: string): GivenFile => ({ name, text });

const TUNE = file(
  "own.yaml",
  `model:
  _component_: torchtune.models.llama3_1.lora_llama3_1_8b
  lora_attn_modules: ["q_proj", "v_proj"]
  lora_rank: 8
tokenizer:
  _component_: torchtune.models.llama3.llama3_tokenizer
  max_seq_len: 4096
batch_size: 2
gradient_accumulation_steps: 4
optimizer:
  _component_: torch.optim.AdamW
  fused: True
`,
);

const FACTORY = file(
  "factory.yaml",
  "model_name_or_path: Qwen/Qwen3-8B\nstage: sft\nfinetuning_type: lora\nlora_rank: 8\ncutoff_len: 1024\n",
);

const tuned = (settings: string) =>
  file("run.sh", `tune run --nproc_per_node 4 lora_finetune_distributed --config configs/own.yaml ${settings}`);

describe("what a command sets beside a file that is there, too, goes before the file", () => {
  test.each([
    ["batch_size=8", { batch: "8", accum: "4", r: "8" }],
    ["batch_size=8 batch_size=16", { batch: "16" }],
    ["model.lora_rank=64 model.lora_alpha=128", { r: "64", alpha: "128" }],
    ["model.lora_attn_modules=[q_proj,k_proj]", { targets: "q_proj,k_proj" }],
    ["\"model.lora_attn_modules=['q_proj']\"", { targets: "q_proj" }],
    ["model=torchtune.models.qwen3.lora_qwen3_8b_instruct", { model: "qwen3-8b", method: "lora", r: "8" }],
    ["optimizer=bitsandbytes.optim.PagedAdamW8bit", { optim: "paged_adamw_8bit" }],
    ["~tokenizer.max_seq_len", { seq: "2048" }],
    ["tokenizer.max_seq_len=null", { seq: "131072" }],
    ["batch_size=3 gradient_accumulation_steps=\\${batch_size}", { batch: "3", accum: "3" }],
    ["dtype=", { gpus: "4" }],
  ])("tune run %s", (settings, said) => {
    expect(saidOf(tuned(settings), TUNE)).toMatchObject(said);
    expect(unmodelledOf(tuned(settings), TUNE)).toEqual([]);
  });

  test("each at its place in the command, and the file's own where that says nothing", () => {
    const { lists } = importOf(
      file("run.sh", "tune run lora_finetune_single_device \\\n --config own.yaml batch_size=8"),
      TUNE,
    );
    const at = (key: string) => lists.read.find((line) => line.key === key)?.at;
    expect(at("batch")).toEqual({ file: "run.sh", line: 2 });
    expect(at("accum")).toEqual({ file: "own.yaml", line: 9 });
    expect(lists.ignored.map(({ field }) => field)).not.toContain("batch_size: 2");
  });

  test("the recipe that the command starts says how GPUs share the model", () => {
    expect(saidOf(tuned(""), TUNE)).toMatchObject({ shard: "fsdp2", gpus: "4" });
    const alone = file("run.sh", "tune run lora_finetune_single_device --config own.yaml");
    expect(saidOf(alone, TUNE)).toMatchObject({ shard: "none", gpus: "1" });
  });

  test("a copy of the config of torchtune's own that the command names", () => {
    const command = file("run.sh", "tune run lora_finetune_single_device --config llama3_1/8B_lora batch_size=8");
    expect(saidOf(command, TUNE)).toMatchObject({ model: "llama-3.1-8b", batch: "8", accum: "4" });
    expect(unmodelledOf(command, TUNE)).toEqual([]);
  });

  test.each([
    ["lora_rank=32", { r: "32", seq: "1024" }],
    ["cutoff_len=4096 finetuning_type=full", { method: "full", seq: "4096" }],
    ["lora_target=[q_proj,v_proj]", { targets: "q_proj,v_proj" }],
    ["packing=true", { packing: "1" }],
  ])("llamafactory-cli train factory.yaml %s", (settings, said) => {
    const command = file("run.sh", `llamafactory-cli train factory.yaml ${settings}`);
    expect(saidOf(command, FACTORY)).toMatchObject(said);
    expect(unmodelledOf(command, FACTORY)).toEqual([]);
    expect(unknownOf(command, FACTORY)).toEqual([]);
  });

  test("flags after a file of ms-swift go before it", () => {
    const swift = file("swift.yaml", "model: Qwen/Qwen3-8B\ntuner_type: lora\nlora_rank: 8\nmax_length: 1024\n");
    const command = file("run.sh", "swift sft swift.yaml --lora_rank 64");
    expect(saidOf(command, swift)).toMatchObject({ model: "qwen3-8b", r: "64", seq: "1024" });
  });
});

describe("a config of torchtune's own, by its name alone", () => {
  test.each([
    ["full_finetune_single_device --config llama3_2/1B_full_single_device", { model: "llama-3.2-1b", method: "full" }],
    ["lora_finetune_single_device --config qwen2_5/0.5B_lora", { model: "qwen2.5-0.5b", method: "lora", r: "8" }],
    ["lora_finetune_single_device --config phi4/14B_qlora_single_device", { model: "phi-4", quant: "nf4", dq: "1" }],
    ["lora_finetune_distributed --config llama3/8B_dora", { method: "lora", dora: "1", shard: "fsdp2" }],
  ])("tune run %s", (words, said) => {
    expect(saidOf(`tune run ${words}`)).toMatchObject(said);
  });

  test("what is set beside it is read; that it is not read is said, and so is each default", () => {
    const command =
      "tune run --nproc_per_node 2 lora_finetune_distributed --config llama3_1/70B_lora batch_size=8 optimizer=torch.optim.SGD output_dir=o";
    const { lists, choices } = importOf(command);
    expect(choices.stack).toBe("torchtune");
    expect(saidOf(command)).toMatchObject({
      model: "llama-3.1-70b",
      batch: "8",
      optim: "sgd",
      gpus: "2",
      shard: "fsdp2",
    });
    expect(lists.notModelled.map(({ field }) => field)).toEqual(["config: llama3_1/70B_lora"]);
    expect(lists.read.find(({ key }) => key === "model")?.field).toBe("config: llama3_1/70B_lora");
    for (const { key, sentence } of lists.assumed.filter((line) => line.key !== "stack"))
      expect(sentence).toMatch(key === "gpu" ? /^No file names a (card|GPU): / : /^llama3_1\/70B_lora is not read\. /);
    expect(lists.ignored.map(({ field }) => field)).toContain("output_dir: o");
  });

  test.each(["ours/8B_lora", "llama3_1/8B_ppo", "llama3_1/8B_lora_dpo", "constructor/8B_lora"])(
    "%s is none",
    (name) => {
      const command = `tune run lora_finetune_single_device --config ${name} batch_size=8`;
      expect(saidOf(command)["batch"]).toBeUndefined();
      expect(unmodelledOf(command)).toContain("batch_size: 8");
    },
  );
});
