import { expect, test } from "vitest";
import { knownReason, REASONS } from "../../tools/terminal/accuracy/known-reason.ts";
import { runExperts } from "../../tools/terminal/accuracy/run-experts.ts";
import { type MeasuredRun, readMeasuredRuns } from "../../tools/terminal/accuracy/measured-run.ts";

const { rows } = readMeasuredRuns("tests/golden/measured-runs.jsonl");
const run = (patch: Partial<MeasuredRun>): MeasuredRun => {
  const [row] = rows;
  if (row === undefined) throw new Error("There is no measured run.");
  return { ...row, notes: null, compile: false, framework: "HF SFTTrainer", ...patch };
};

test("every reason says in which file it was read, and at which name", () => {
  for (const { why, read } of REASONS) expect(read, why).toMatch(/\w+\.(py|cpp|yaml)\b.*, `[\w.]+`/);
});

test("a reason is given on its own side alone: what fuses explains no prediction that is too small", () => {
  expect(knownReason(run({ compile: true }), "above")).toContain("torch.compile saves");
  expect(knownReason(run({ compile: true }), "below")).toBe(null);
});

test("LitGPT's micro steps between the first and the last may be the highest, its rows differ in length; nothing is said of loading", () => {
  const several = { framework: "litgpt", num_gpus: 4, parallelism: "FSDP", metric_class: "allocated" } as const;
  expect(knownReason(run({ ...several, grad_accum: 4 }), "below")).toContain("between the first and the last");
  expect(knownReason(run({ ...several, grad_accum: 2 }), "below")).toBe(null);
  expect(knownReason(run({ framework: "litgpt", method: "qlora", packed: false }), "above")).toContain("longest");
  expect(knownReason(run({ framework: "litgpt", method: "qlora", packed: true }), "above")).toBe(null);
  expect(REASONS.map(({ why }) => why).join()).not.toContain("loading");
});

test("of FSDP that is not replayed nvidia-smi shows the blocks of its streams too; that allocated bytes are off says nothing of them", () => {
  const of = (
    metric_class: MeasuredRun["metric_class"],
    parallelism = "FSDP1 FULL_SHARD + CPU offload",
  ): string | null => knownReason(run({ metric_class, num_gpus: 2, parallelism }), "below");
  expect(of("nvidia-smi")).toContain("streams of their own");
  expect(of("nvidia-smi")).toBe(of("reserved"));
  expect(of("allocated")).toBe(null);
  expect(of("reserved", "FSDP2 dp=4 + context parallel 2")).toBe(of("reserved"));
  for (const replayed of ["FSDP1 FULL_SHARD (BACKWARD_PRE, no offload)", "FSDP2 dp=8 + context parallel 1"])
    expect(of("reserved", replayed)).toBe(null);
});

test.each([
  ["an int8 base: what its linears make is megabytes", { method: "qlora", quantization: "int8" }],
  ["a source that does not name its tool", { metric_class: "unknown" }],
  ["one GPU's reserved bytes", { metric_class: "reserved", parallelism: "none" }],
  ["a source that measured again", { notes: "a re-measurement gave 59.33 GiB" }],
  ["the first torchtune on several GPUs", { framework: "torchtune 0.1 (May 2024)", num_gpus: 4, parallelism: "FSDP1" }],
] as const)("of %s nothing was read in code: not known", (_, patch) => {
  expect(knownReason(run(patch), "above")).toBe(null);
  expect(knownReason(run(patch), "below")).toBe(null);
});

test("what bitsandbytes keeps, what a checkpoint has besides and which kernels a delta rule runs are reasons on their sides", () => {
  const kept = run({ quantization: "nf4, experts too", notes: "it keeps each dequantised stack" });
  expect(knownReason(kept, "below")).toContain("keeps every dequantised stack");
  expect(knownReason(run({ model: "gemma-3-4b-it" }), "below")).toContain("vision tower");
  expect(knownReason(run({ model: "gemma-3-1b-it" }), "below")).toBe(null);
  expect(knownReason(run({ framework: "Axolotl", model: "Qwen3.5-2B" }), "above")).toContain("delta-rule");
});

test("experts are stored as a row says, and read one at a time where each is a linear", () => {
  const of = (quantization: string): unknown => runExperts(run({ quantization }));
  expect(of("nf4 + double quant (bitsandbytes), experts too (quantize_moe_experts)")).toEqual({
    experts: "4bit",
    expertread: null,
  });
  expect(of("int8 (bitsandbytes), experts too (quantize_moe_experts)")).toMatchObject({ experts: "8bit" });
  expect(of("nf4, experts too (Unsloth's own checkpoint, a linear an expert)")).toMatchObject({
    expertread: "rebuilt",
  });
  expect(of("nf4 + double quant (bitsandbytes), experts not (without quantize_moe_experts)")).toMatchObject({
    experts: "16bit",
  });
  expect(of("nf4 + double quant (bitsandbytes)")).toEqual({ experts: null, expertread: null });
});
