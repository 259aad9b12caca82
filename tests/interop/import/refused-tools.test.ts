import { expect, test } from "vitest";
import { importText } from "./import-text.ts";
import { saidOf, unmodelledOf } from "./said-of.ts";

const SFT =
  'model = AutoModelForCausalLM.from_pretrained("Qwen/Qwen3-8B")\nSFTTrainer(model=model, args=SFTConfig(max_length=512))\n';

test.each([
  [
    "a comment of Python",
    `import trl\n# python -m verl.trainer.main_ppo, AutoModelForSequenceClassification(x)\n${SFT}`,
  ],
  ["a text of Python", `import trl\n"""trl ppo, mlx_lm.lora and SentenceTransformer("x")"""\n${SFT}`],
  ["a class that is named and not called", `from transformers import AutoModelForSeq2SeqLM\n${SFT}`],
  ["a comment of YAML", "# openrlhf.cli.train_sft\nmodel_name_or_path: Qwen/Qwen3-8B\nmax_length: 512\n"],
  ["a folder's name", "model_name_or_path: Qwen/Qwen3-8B\nmax_length: 512\noutput_dir: runs/verl/megatron-mlx\n"],
  ["a comment of a shell", "# megatron sft --model a\ntrl sft --model_name_or_path Qwen/Qwen3-8B --max_length 512"],
  [
    "a package that is installed",
    "pip install mlx-lm openrlhf\ntrl sft --model_name_or_path Qwen/Qwen3-8B --max_length 512",
  ],
])("%s names no tool that is run", (_, text) => {
  expect(saidOf(text)).toMatchObject({ model: "qwen3-8b", seq: "512" });
});

test("a reward model of TRL is read, with its head of one number", () => {
  const script = (labels: number): string =>
    `import trl\nmodel = AutoModelForSequenceClassification.from_pretrained("Qwen/Qwen3-0.6B", num_labels=${labels})\nRewardTrainer(model=model, args=RewardConfig("out"))\n`;
  expect(saidOf(script(1))).toMatchObject({ objective: "reward", model: "qwen3-0.6b" });
  expect(importText(script(5)).kind).toBe("refused");
});

test("flags of a script that nobody knows are no JSON of DeepSpeed", () => {
  const imported = importText("python own.py --zero_stage 3 --train_batch_size 8 --steps_per_print 1");
  expect(imported).toMatchObject({ kind: "refused" });
});

test.each([
  ["MAX_PIXELS=1003520 swift sft --model google/gemma-3-4b-it", "MAX_PIXELS: 1003520"],
  ["IMAGE_MAX_TOKEN_NUM=1024 \\\nswift sft --model google/gemma-3-4b-it", "IMAGE_MAX_TOKEN_NUM: 1024"],
  ["export SIZE_FACTOR=8\nswift sft --model google/gemma-3-4b-it", "SIZE_FACTOR: 8"],
  ["swift sft --model google/gemma-3-4b-it --max_pixels 1003520", "max_pixels: 1003520"],
  ["swift sft --model google/gemma-3-4b-it --freeze_vit true", "freeze_vit: true"],
  ["swift sft --model google/gemma-3-4b-it --freeze_aligner true", "freeze_aligner: true"],
  ["swift sft --model google/gemma-3-4b-it --freeze_llm false", "freeze_llm: false"],
  [
    "model_name_or_path: google/gemma-3-4b-it\nstage: sft\nfinetuning_type: full\nfreeze_vision_tower: true",
    "freeze_vision_tower: true",
  ],
  [
    "model_name_or_path: google/gemma-3-4b-it\nstage: sft\nfinetuning_type: full\nfreeze_multi_modal_projector: true",
    "freeze_multi_modal_projector: true",
  ],
  [
    "model_name_or_path: google/gemma-3-4b-it\nstage: sft\nfinetuning_type: lora\nimage_max_pixels: 262144",
    "image_max_pixels: 262144",
  ],
  [
    `import os\nos.environ["MAX_PIXELS"] = "1003520"\n${SFT.replace("Qwen/Qwen3-8B", "google/gemma-3-4b-it")}`,
    "MAX_PIXELS: 1003520",
  ],
])("%j sizes or trains what is not modeled", (text, field) => {
  expect(unmodelledOf(text)).toContain(field);
});

test.each([
  "VL",
  "For",
  "_vlm",
  "/a",
  "verl/",
  "trl/",
  "Megatron-Bridge/",
  "auto_model=VL",
  "automodel ",
  "[(",
  "\n - ",
  "\\\n",
  "# ",
  "SentenceTransformer ",
  "run_speech_",
])("a long text of %j is looked through at once", (piece) => {
  for (const start of ["", "import torch\nTrainer(model)\n"])
    expect(["imported", "refused"]).toContain(importText(start + piece.repeat(200_000 / piece.length)).kind);
});

test.each([
  "model_name_or_path: Qwen/Qwen3-8B\nstage: sft\nfinetuning_type: lora\nfreeze_vision_tower: true\nimage_max_pixels: 589824",
  "MAX_PIXELS=1003520 swift sft --model Qwen/Qwen3-8B --freeze_vit true",
])("fields of images that a program writes for every model change nothing of a text model: %j", (text) => {
  expect(unmodelledOf(text).filter((field) => /freeze_vi|MAX_PIXELS/.test(field))).toEqual([]);
});
