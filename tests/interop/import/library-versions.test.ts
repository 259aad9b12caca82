import { describe, expect, test } from "vitest";
import { namedVersions, withoutEnvironment } from "#interop/import/library-versions.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { scenarioOfError } from "#interop/oom/error-scenario.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { importOf } from "./said-of.ts";

const of = (text: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries([...namedVersions([{ name: "given", text }])].map(([name, { value }]) => [name, value]));

describe("a version that a text names", () => {
  test.each([
    ["!pip install -q trl==0.17.0 peft", { trl: "0.17.0" }],
    ['pip install "trl[peft]==0.21.0" transformers~=4.55.2', { trl: "0.21.0", transformers: "4.55.2" }],
    ["- TRL version: 0.14.0\n- PyTorch version: 2.5.1", { trl: "0.14.0" }],
    ["- `transformers` version: 4.41.2", { transformers: "4.41.2" }],
    ["trl                 0.19.1\ntorch               2.6.0+cu124", { trl: "0.19.1", torch: "2.6.0" }],
    ["/usr/lib/python3.11/site-packages/unsloth-2025.6.12.dist-info/RECORD", { unsloth: "2025.6.12" }],
    ["unsloth==2025.6.1\nunsloth==2025.9.1", { unsloth: "2025.6.1" }],
  ])("is read: %s", (text, versions) => {
    expect(of(text)).toEqual(versions);
  });

  test.each([
    "trl>=0.12",
    "trl<0.13",
    "# transformers 4.46 or later",
    "transformers 4.46 to 4.48",
    "unsloth_zoo==2025.6.8",
    "model: trl-lib/0.5B",
    "trl sft --lr 1e-5",
  ])("is none where a bound, a range or another name stands: %s", (text) => {
    expect(of(text)).toEqual({});
  });
});

describe("a list of packages", () => {
  const run = { name: "train.py", text: "SFTConfig(bf16=True)" };
  const list = { name: "requirements.txt", text: "# ours\ntorch==2.6.0\ntrl[peft]>=0.12,<0.20\nnumpy\n\n" };

  test("is no run beside one", () => {
    expect(withoutEnvironment([run, list])).toEqual([run]);
  });

  test("stays where nothing else is given, to be refused by name", () => {
    expect(withoutEnvironment([list])).toEqual([list]);
  });
});

const SFT = (config = ""): string =>
  `from trl import SFTConfig, SFTTrainer\nSFTTrainer(model="Qwen/Qwen3-4B", args=SFTConfig(output_dir="o"${config}))\n`;

const GRPO = `from trl import GRPOConfig, GRPOTrainer
args = GRPOConfig(per_device_train_batch_size=4, max_prompt_length=2048, max_completion_length=1024)
GRPOTrainer(model="Qwen/Qwen3-0.6B", args=args)
`;

const UNSLOTH = `from unsloth import FastLanguageModel
model, tokenizer = FastLanguageModel.from_pretrained("unsloth/Qwen2.5-72B-bnb-4bit", max_seq_length=32768)
model = FastLanguageModel.get_peft_model(model, r=16)
`;

const pinned = (text: string): Readonly<{ name: string; text: string }> => ({ name: "requirements.txt", text });

const sentenceOf = (imported: ReturnType<typeof importOf>, key: string): string =>
  imported.lists.assumed
    .filter((line) => line.key === key)
    .map(({ sentence }) => sentence)
    .join(" ");

describe("TRL by the version that is named", () => {
  test.each([
    ["0.11.4", "trl-0.11", false],
    ["0.13.0", "trl-0.13", false],
    ["0.17.0", "trl-0.21", false],
    ["0.21.0", "trl-0.21", false],
    ["0.22.0", "trl-0.24", true],
    ["1.16.0", "trl", true],
  ])("%s is %s, which checkpoints by itself: %s", (version, stack, ckpt) => {
    const { choices, lists } = importOf(SFT(), pinned(`trl==${version}`));
    expect(choices).toMatchObject({ stack, ckpt });
    expect(lists.read.find(({ key }) => key === "stack")).toMatchObject({ text: stack, field: `trl: ${version}` });
  });

  test("checkpoints where a field says so, whatever its version", () => {
    expect(importOf(SFT(", gradient_checkpointing=True"), pinned("trl==0.17.0")).choices.ckpt).toBe(true);
  });

  test("runs without autocast up to 0.18, unless bf16 or fp16 is on", () => {
    expect(importOf(SFT(), pinned("trl==0.18.2")).choices.autocast).toBe(false);
    expect(importOf(SFT(", bf16=True"), pinned("trl==0.18.2")).choices.autocast).not.toBe(false);
    expect(importOf(SFT(), pinned("trl==0.19.1")).choices.autocast).not.toBe(false);
  });

  test("has for GRPO the nearest row that has GRPO, and its beta of then, which is assumed", () => {
    const imported = importOf(GRPO, pinned("trl==0.17.0"));
    expect(imported.choices).toMatchObject({ stack: "trl-1.9", ckpt: false, beta: 0.04, optim: "adamw_torch" });
    expect(sentenceOf(imported, "stack")).toBe(
      "TRL 0.17.0 is named: estimated as TRL 1.9 (2026-07), the nearest version that Headroom knows.",
    );
    expect(importOf(GRPO, pinned("trl==0.19.1")).choices.beta).toBe(0);
  });

  test("that no file names is the newest, which is said, and that older ones did not checkpoint", () => {
    const imported = importOf(SFT());
    expect(imported.choices).toMatchObject({ stack: "trl", ckpt: true });
    expect(sentenceOf(imported, "stack")).toBe("No file names the version of TRL: estimated as TRL 1.16 (2026-10).");
    expect(sentenceOf(imported, "ckpt")).toContain("TRL up to 0.21 did not checkpoint by default");
  });

  test("is read in a text that an error stands in, apart from the run", () => {
    const text = `${SFT()}\n\nTraceback (most recent call last):\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.\n\n- TRL version: 0.17.0\n`;
    expect(scenarioOfError(text, [], { catalog: FULL_CATALOG, base: DEFAULT_CHOICES })?.choices).toMatchObject({
      stack: "trl-0.21",
      ckpt: false,
    });
  });
});

describe("transformers by the version that is named", () => {
  const RUN =
    'from transformers import Trainer, TrainingArguments\nTrainer(args=TrainingArguments("out", bf16=True))\n';

  test("is the row that holds for it, or the nearest, which is assumed", () => {
    expect(importOf(RUN, pinned("transformers==4.47.1")).choices.stack).toBe("transformers-4.46");
    const imported = importOf(RUN, pinned("transformers==4.41.2"));
    expect(imported.choices.stack).toBe("transformers-4.45");
    expect(sentenceOf(imported, "stack")).toBe(
      "Transformers 4.41.2 is named: estimated as Transformers 4.45 (2024-09), the nearest version that Headroom knows.",
    );
  });

  test("takes adamw_torch before torch 2.8, where no optimizer is named", () => {
    expect(importOf(RUN, pinned("torch==2.5.1")).choices.optim).toBe("adamw_torch");
    expect(importOf(RUN, pinned("torch==2.8.0")).choices.optim).toBe("adamw_torch_fused");
  });
});

describe("Unsloth by the version that is named", () => {
  test.each([
    ["2024.12.4", "unsloth-2024"],
    ["2025.6.12", "unsloth-2025"],
    ["2025.9.4", "unsloth-2025.10"],
    ["2026.8.22", "unsloth"],
  ])("%s is %s", (version, stack) => {
    expect(importOf(UNSLOTH, pinned(`unsloth==${version}`)).choices.stack).toBe(stack);
  });
});
