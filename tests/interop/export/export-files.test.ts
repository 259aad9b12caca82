import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { exportFiles } from "#interop/export/export-files.ts";
import type { ExportTool } from "#interop/export/export-tools.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { formatGib } from "#format/bytes.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { changedChoices, textOf } from "./changed-choices.ts";

const SIGN = "# ";

/** The comment at the top of the tool's first file that takes comments, and what is left. */
const headOf = (
  tool: ExportTool,
  patch: Partial<Choices>,
): readonly [head: readonly string[], left: readonly string[]] => {
  const { files, left } = exportFiles(tool, changedChoices(patch), FULL_CATALOG);
  const commented = files.find(({ name }) => !name.endsWith(".json"));
  const lines = (commented?.text ?? "").split("\n").filter((line) => line.startsWith(SIGN));
  return [lines.map((line) => line.slice(SIGN.length)), left];
};

describe("at the top of a file stand", () => {
  test("the estimate of the tool's run, its link, the versions, what to install, the start and what to replace", () => {
    const patch = { method: "qlora", gpus: 2, attn: "flash" } as const;
    const { methods, gpu } = toAnswer(changedChoices({ ...patch, stack: "trl", show: ["qlora"] }), FULL_CATALOG);
    const needed = formatGib(methods[0]?.estimate.onCardBytes ?? 0);
    const [head, left] = headOf("trl", patch);
    expect(head).toEqual([
      `QLoRA of Llama 3.1 8B on 2 x GeForce RTX 4090: ${needed} GiB needed of ${formatGib(gpu.usableBytes)} each, it fits.`,
      "Counted by Headroom: ?v=1&method=qlora&stack=trl&attn=flash&gpus=2",
      "Fields of TRL 1.16.0, transformers 5.24.0, PEFT 0.21.2.",
      "Install beside it: flash-attn, bitsandbytes.",
      "Start: accelerate launch --config_file accelerate.yaml train.py",
      "To replace: YOUR_OUTPUT_FOLDER, YOUR_DATASET; data, rate and length of training are examples.",
    ]);
    expect(left).toEqual([]);
  });

  test("of what may not fit that it may not, and how much is free", () => {
    const [[estimate]] = headOf("trl", { method: "lora", used: 5.8 });
    expect(estimate).toMatch(/GiB needed of 17\.\d, it may not fit: 0\.\d GiB free\.$/);
  });

  test("what the file cannot say, the same as is left", () => {
    const [head, left] = headOf("torchtune", {
      model: { kind: "catalog", id: "mistral-7b-v0.1" },
      attn: "flash",
      method: "full",
    });
    expect(left).toEqual(["torchtune has no field for flash attention."]);
    expect(head.slice(-2)).toEqual(["Counted, and not in this file:", "- torchtune has no field for flash attention."]);
  });

  test("the allocator's variable, for the shell", () => {
    const [head] = headOf("axolotl", { alloc: "expandable" });
    expect(head).toContain("Before it: export PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True");
    expect(head).toContain("PYTORCH_CUDA_ALLOC_CONF: from PyTorch 2.1, on Linux.");
  });

  test("no variable that the file sets itself", () => {
    const [head] = headOf("ms-swift", { alloc: "expandable" });
    expect(head.filter((line) => line.startsWith("Before it:"))).toEqual([]);
    expect(textOf("ms-swift", { alloc: "expandable" })).toContain(
      "\nexport PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True\n",
    );
  });

  test("with which versions a field goes that asks for more than the tool's own", () => {
    const [head] = headOf("axolotl", {
      model: { kind: "catalog", id: "qwen3-30b-a3b" },
      method: "qlora",
      experts: "4bit",
      gpu: { kind: "catalog", id: "h100-sxm" },
    });
    expect(head).toContain("quantize_moe_experts: from axolotl 0.15, on CUDA, with bitsandbytes 0.50 or later.");
  });

  test("that it does not fit", () => {
    const [head] = headOf("transformers", { method: "full" });
    expect(head[0]).toMatch(/^Full fine-tuning of Llama 3.1 8B on .* GiB needed of [\d.]+, it does not fit\.$/);
  });
});

test("a custom model is a placeholder that is said", () => {
  const [head] = headOf("axolotl", { model: { kind: "size", params: 5e9 } });
  expect(head).toContain(
    "To replace: YOUR_MODEL (a model of the sizes that were counted), YOUR_DATASET, YOUR_OUTPUT_FOLDER; data, rate and length of training are examples.",
  );
});

test.each<[tool: ExportTool, patch: Partial<Choices>, names: string]>([
  ["deepspeed", {}, "YOUR_DATASET"],
  ["torchtune", {}, "YOUR_OUTPUT_FOLDER"],
  [
    "torchtitan",
    { model: { kind: "catalog", id: "mistral-7b-v0.1" } },
    "YOUR_OUTPUT_FOLDER, YOUR_MODEL, YOUR_FLAVOR, YOUR_TOKENIZER_FOLDER, YOUR_DATASET",
  ],
])("what is to be replaced in a file of %s is what it has", (tool, patch, names) => {
  const [head] = headOf(tool, patch);
  expect(head.filter((line) => line.startsWith("To replace:"))).toEqual([
    `To replace: ${names}; data, rate and length of training are examples.`,
  ]);
});

test("nothing is to be replaced in accelerate's file", () => {
  const [head] = headOf("accelerate", { gpus: 2 });
  expect(head.join("\n")).not.toMatch(/To replace|YOUR_/);
});

test("an optimizer that the version has no more is not written, and left", () => {
  const { files, left } = exportFiles("transformers", changedChoices({ optim: "adamw_apex_fused" }), FULL_CATALOG);
  expect(files[0]?.text).not.toContain("    optim=");
  expect(left).toContain(
    'optim takes "adamw_apex_fused" in older versions alone: up to transformers 4.57, with apex installed.',
  );
});

test("a tuner that the tool has not is left", () => {
  const { left } = exportFiles("unsloth", changedChoices({ tuner: "vera", method: "lora" }), FULL_CATALOG);
  expect(left.join("\n")).toMatch(/tuner=vera/);
});
