import { describe, expect, test } from "vitest";
import { runCheck } from "./run-check.ts";

const VISION = "MAX_PIXELS=1003520 swift sft --model Qwen/Qwen3-VL-8B-Instruct --tuner_type lora --max_length 2048";

const FIGURE = /needed|\bfits\b|GiB/;

const QWEN = "Headroom does not know the model “Qwen/Qwen3-VL-8B-Instruct”.";

describe("a run whose model is not known", () => {
  test.each(["plain", "markdown", "junit"])("ends with 3 and without a figure in %s", async (format) => {
    const { code, text } = await runCheck({ "run.sh": VISION }, "run.sh", "--gpu", "h100-sxm", "--format", format);
    expect(code).toBe(3);
    expect(text.replaceAll("\\", "")).toContain(QWEN);
    expect(text).not.toMatch(FIGURE);
  });

  test("ends with 3 in JSON, whose estimate has no figure", async () => {
    const { code, text } = await runCheck({ "run.sh": VISION }, "run.sh", "--format", "json");
    expect(code).toBe(3);
    const said = JSON.parse(text) as Record<string, unknown>;
    expect(said).toMatchObject({
      outcome: "not-known",
      exit: 3,
      change: null,
      estimate: { methods: [{ fit: "not-known", onCardBytes: null }] },
      imported: { link: expect.stringContaining("model=Qwen%2FQwen3-VL-8B-Instruct") as string },
    });
    expect(said["says"]).toContain(QWEN);
  });

  test("has a figure where the link says which model it is", async () => {
    const named = "swift sft --model someone/their-8b --tuner_type lora --max_length 2048";
    const { code, text } = await runCheck({ "run.sh": named }, "run.sh", "--gpu", "h100-sxm", "?model=qwen3-8b");
    expect(code).toBe(0);
    expect(text).toContain("LoRA of Qwen3 8B fits");
  });
});

test("a run that names no model is not known, and never the page's own", async () => {
  const script = "import trl\nSFTTrainer(model=model, args=SFTConfig(max_length=512))\n";
  const { code, text } = await runCheck({ "run.py": script }, "run.py", "--gpu", "h100-sxm");
  expect(code).toBe(3);
  expect(text).toContain("No model is named.");
  expect(text).not.toMatch(/Llama|fits/);
});

test.each([
  ["an objective", "model_name_or_path: Qwen/Qwen3-8B\nstage: ppo\nfinetuning_type: lora\n", "objective “ppo”"],
  ["a method", "model_name_or_path: Qwen/Qwen3-8B\nstage: sft\nfinetuning_type: magic\n", "method “magic”"],
  [
    "a tuner",
    "base_model: Qwen/Qwen3-8B\nadapter: magic\nlora_r: 8\nmicro_batch_size: 1\nsequence_len: 512\n",
    "tuner “magic”",
  ],
  ["a quantization", "swift sft --model Qwen/Qwen3-8B --quant_method hqq --quant_bits 3", "quantization “hqq, 3 bits”"],
  [
    "a teacher",
    "trl gkd --model_name_or_path Qwen/Qwen3-8B --teacher_model_name_or_path own/teacher",
    "teacher model “own/teacher”",
  ],
])("%s that is not known has no default in its place", async (_, text, words) => {
  const ran = await runCheck({ run: text }, "run", "--gpu", "h200-sxm");
  expect(ran.code).toBe(3);
  expect(ran.text).toContain(`Headroom does not know the ${words}`);
  expect(ran.text).not.toMatch(FIGURE);
});

test("a tool that is known by name alone ends with 3 in every format", async () => {
  const text = "python -m openrlhf.cli.train_ppo_ray --pretrain Qwen/Qwen3-8B --zero_stage 3";
  for (const format of ["plain", "markdown", "junit", "json"]) {
    const ran = await runCheck({ "run.sh": text }, "run.sh", "--format", format);
    expect(ran.code).toBe(3);
    expect(ran.text).toContain("Headroom does not estimate OpenRLHF yet");
  }
  const junit = await runCheck({ "run.sh": text }, "run.sh", "--format", "junit");
  expect(junit.text).toContain('<error type="not-known"');
});
