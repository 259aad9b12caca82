import { describe, expect, test } from "vitest";
import { type MeasuredRun, readMeasuredRuns } from "../../tools/terminal/accuracy/measured-run.ts";
import { runKernels } from "../../tools/terminal/accuracy/run-kernels.ts";

const { rows } = readMeasuredRuns("tests/golden/measured-runs.jsonl");
const kernelsOf = (patch: Partial<MeasuredRun>) => {
  const [row] = rows;
  if (row === undefined) throw new Error("There is no measured run.");
  return runKernels({ ...row, notes: null, lora_dropout: 0, ...patch });
};

describe("fused LoRA kernels ran", () => {
  test.each<readonly [string, number | null, boolean | null]>([
    ["Axolotl of July 2026 (fused LoRA kernels lora_mlp_kernel)", null, true],
    ["Axolotl at 05b398a07 (2024-03-29)", 0, false],
    ["Axolotl at 8c6a6ea6e (2025-07-08)", 0, null],
    ["Axolotl at 8c6a6ea6e (2025-07-08)", 0.05, false],
    ["Axolotl at c11938233 (2026-03-06)", null, false],
    ["Axolotl at 5ed506e79 (2026-06-14)", 0.05, null],
    ["Axolotl of July 2026", 0.05, null],
    ["Axolotl of May 2025", 0.05, false],
    ["Axolotl", 0.05, null],
    ["Axolotl of Marchember 2025", 0.05, null],
    ["HF SFTTrainer (2024-03-29)", 0, null],
  ])("in %s with a dropout of %s: %s", (framework, lora_dropout, ran) =>
    expect(kernelsOf({ framework, lora_dropout }).lorakernels).toBe(ran),
  );
});

describe("Liger's kernels stood in for modules", () => {
  test.each<readonly [string, string | null, boolean | null]>([
    ["Axolotl of July 2026 (torch 2.12, not compiled; Liger RMSNorm)", null, true],
    ["Axolotl at 5ed506e79 (2026-06-14; PEFT 0.19; Liger)", null, true],
    ["Axolotl", "Liger's norm, rotary and GLU kernels.", true],
    ["Axolotl", "Liger's fused loss.", null],
    ["HF SFTTrainer (transformers 4.45.2)", "framework_config=foak-fast-kernels-liger", null],
  ])("where a row says %s; %s: %s", (framework, notes, ran) => expect(kernelsOf({ framework, notes }).liger).toBe(ran));
});
