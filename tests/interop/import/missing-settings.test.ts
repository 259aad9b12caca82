import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { importFiles } from "#interop/import/import-files.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { importOf, saidOf } from "./said-of.ts";

const RUN = "model_name_or_path: Qwen/Qwen3-4B\nuse_peft: true\noutput_dir: o\n";
const PART = '{"zero_optimization": {"stage": 3}}';

/** What is assumed of the card of a file that is brought to a scenario, and the card that is counted then. */
const cardOf = (text: string, link: string) => {
  const base = decodeLink(link, FULL_CATALOG).value;
  const imported = importFiles([{ name: "given", text }], { catalog: FULL_CATALOG, base });
  if (imported.kind === "refused") throw new Error("The file was refused.");
  return { assumed: imported.lists.assumed.filter(({ key }) => key === "gpu"), gpu: imported.choices.gpu };
};

describe("the card of a run, which no file names", () => {
  test.each([
    ["?v=1", "No file names a card: RTX 4090 is counted."],
    ["?v=1&gpu=h100-sxm", "No file names a card: H100 is counted."],
    ["?v=1&gpu=custom&vram=20", "No file names a card: the card of the scenario is counted."],
  ])("is that of %s, which is said and sets nothing", (link, sentence) => {
    const { assumed, gpu } = cardOf(RUN, link);
    expect(assumed).toEqual([{ at: null, field: "gpu", key: "gpu", text: null, sentence }]);
    expect(gpu).toEqual(decodeLink(link, FULL_CATALOG).value.gpu);
  });

  test("of files that are a part of a run nothing is said: the scenario stays", () => {
    expect(cardOf(PART, "?v=1&gpu=h100-sxm").assumed).toEqual([]);
  });
});

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
