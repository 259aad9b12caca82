import { expect, test } from "vitest";
import { importOf, saidOf } from "./said-of.ts";

const LLAMA = "meta-llama/Llama-3.1-8B";
const LIMIT = "131072";

const script = (config: string, trainer = "SFT"): string =>
  `import trl\nmodel = AutoModelForCausalLM.from_pretrained("${LLAMA}")\n${trainer}Trainer(model=model, args=${trainer}Config(${config}))\n`;

test.each([
  ["TRL's script", script("max_length=None"), LIMIT],
  ["TRL's script of an older version", script("max_seq_length=None"), LIMIT],
  ["TRL's script of DPO", script("max_length=None", "DPO"), LIMIT],
  ["TRL's YAML", `model_name_or_path: ${LLAMA}\nmax_length: null\n`, LIMIT],
  ["TRL's command", `trl sft --model_name_or_path ${LLAMA} --max_length None`, LIMIT],
  ["Axolotl", `base_model: ${LLAMA}\nmicro_batch_size: 1\nadapter: lora\nsequence_len: null\n`, LIMIT],
  ["LLaMA-Factory", `model_name_or_path: ${LLAMA}\nstage: sft\nfinetuning_type: lora\ncutoff_len: ~\n`, LIMIT],
  ["ms-swift", `swift sft --model ${LLAMA} --max_length None`, LIMIT],
  [
    "Unsloth",
    `from unsloth import FastLanguageModel\nm, t = FastLanguageModel.from_pretrained("${LLAMA}", max_seq_length=None)\n`,
    LIMIT,
  ],
  ["a shorter model", "model_name_or_path: google/gemma-2-2b\nmax_length: null\n", "8192"],
])("no length in %s is the model's own limit", (_, text, limit) => {
  expect(saidOf(text)["seq"]).toBe(limit);
});

test("the sentence says that rows are not cut, what is assumed, and what to do", () => {
  const seq = importOf(script("max_length=None")).lists.assumed.find(({ key }) => key === "seq");
  expect(seq?.sentence).toBe(
    "max_length is None: rows are not cut. Assumed: the model's own limit of 131,072 tokens; set seq for your data.",
  );
});

test("where the model is not known, its limit is asked for", () => {
  const { lists } = importOf("model_name_or_path: someone/their-3b\nmax_length: null\n");
  expect(lists.notModelled.map(({ sentence }) => sentence)).toContain(
    "max_length is None: rows are not cut, and the model's own limit is not known. Set seq for your data.",
  );
});

test("lengths of prompt and completion say how long a row is", () => {
  const text = script("max_length=None, max_prompt_length=512, max_completion_length=256", "DPO");
  expect(importOf(text).choices).toMatchObject({ seq: 768, prompt: 512 });
});
