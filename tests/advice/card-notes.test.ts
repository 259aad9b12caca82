import { describe, expect, test } from "vitest";
import { type CardNote, cardNotes } from "#advice/card-notes.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { answerIssues } from "#scenario/choices/answer-issues.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

const catalog: Catalog = FULL_CATALOG;

const answerOn = (id: string, patch: Partial<Choices> = {}) =>
  toAnswer({ ...DEFAULT_CHOICES, gpu: { kind: "catalog", id }, ...patch }, catalog);

const notesOn = (id: string, patch: Partial<Choices> = {}): ReadonlyMap<string, CardNote> => {
  const row = catalog.gpus[id];
  if (row === undefined) throw new Error(id);
  return new Map(cardNotes(row, answerOn(id, patch)).map((note) => [note.id, note]));
};

describe("A card with bf16, flash kernels and its memory to itself", () => {
  test.each(["rtx-4090", "a100-80gb-sxm", "mi300x", "b200"])("asks for nothing: %s", (id) => {
    expect(notesOn(id).size).toBe(0);
  });
});

describe("A card without bf16", () => {
  test("trains LoRA on an fp16 base, which takes what a bf16 one takes", () => {
    const { action, says } = notesOn("t4").get("no-bf16") ?? {};
    expect(says).toBe(
      "T4 has no bf16: training runs in fp16 with a loss scaler, which wants what is trained in fp32. " +
        "LoRA then has its base in fp16, as large as in bf16.",
    );
    expect(action?.label).toBe("Count it in fp16");
    expect(action?.patch).toEqual({ weights: "fp16", autocast: true, adapters: "fp32" });
    const [before] = answerOn("t4", { show: ["lora"] }).methods;
    const [after] = answerOn("t4", { show: ["lora"], ...action?.patch }).methods;
    expect(after?.estimate.peakBytes).toBe(before?.estimate.peakBytes);
  });

  test("trains all parameters in fp32: 16 bytes each where pure bf16 has 8", () => {
    const { action, says } = notesOn("t4", { method: "full" }).get("no-bf16") ?? {};
    expect(says).toContain("Full fine-tuning then holds fp32 weights.");
    expect(action).toEqual({ label: "Count it in fp32", patch: { weights: "fp32", autocast: true } });
    const [before] = answerOn("t4", { show: ["full"] }).methods;
    const [after] = answerOn("t4", { show: ["full"], ...action?.patch }).methods;
    const params = before?.estimate.params ?? 0;
    expect(((after?.estimate.peakBytes ?? 0) - (before?.estimate.peakBytes ?? 0)) / params).toBeCloseTo(8, 0);
  });

  test("has no more to ask once it is counted so", () => {
    const after = notesOn("v100-32gb", { weights: "fp16", attn: "math" });
    expect(after.get("no-bf16")).toMatchObject({ action: null });
    expect(after.get("no-bf16")?.says).toContain("So it is counted here.");
    expect(after.has("no-flash")).toBe(false);
  });

  test("keeps the scores of grouped heads, and none where each query has its key", () => {
    expect(notesOn("t4").get("no-flash")).toMatchObject({
      says: "FlashAttention needs a newer chip than T4’s. With the grouped heads of Llama 3.1 8B, SDPA falls to its math kernel, which keeps all scores.",
      action: { label: "Count the math kernel", patch: { attn: "math" } },
    });
    expect(notesOn("t4", { attn: "math" }).has("no-flash")).toBe(false);
    const ungrouped = { model: { kind: "catalog", id: "llama-2-7b" } } as const;
    expect(notesOn("t4", ungrouped).has("no-flash")).toBe(false);
    for (const attn of ["flash", "math"] as const)
      expect(notesOn("t4", { ...ungrouped, attn }).get("no-flash")).toMatchObject({
        says: "FlashAttention needs a newer chip than T4’s. SDPA’s memory-efficient kernel keeps as little.",
        action: { label: "Use SDPA", patch: { attn: "sdpa" } },
      });
    expect(notesOn("t4", { attn: "eager" }).has("no-flash")).toBe(false);
    expect(notesOn("apple-m3-max-64gb", { attn: "flash" }).has("no-flash")).toBe(false);
  });
});

describe("A MIG slice", () => {
  test("is one GPU, and several of them do not train together", () => {
    const id = "a100-80gb-mig-3g-40gb";
    expect(notesOn(id).get("slice")).toMatchObject({
      says: "A MIG slice is a GPU of its own: a program sees one, and slices cannot reach each other. It runs on one.",
      action: null,
    });
    const several = notesOn(id, { gpus: 2 }).get("slice");
    expect(several?.says).toContain("2 of them do not train together");
    expect(several?.action).toEqual({ label: "Use one", patch: { gpus: 1, shard: null } });
  });
});

describe("A machine with one memory", () => {
  test.each([
    ["apple-m3-max-64gb", "iogpu.wired_limit_mb"],
    ["strix-halo-128", "amd-ttm"],
    ["gb10", "drop_caches"],
  ])("%s says its share, and how to raise it: %s", (id, how) => {
    const says = notesOn(id).get("one-pool")?.says ?? "";
    expect(says).toContain(how);
    expect(says).toContain(`of ${catalog.gpus[id]?.memoryGb} GiB`);
  });

  test("offloads nothing: what it moves would lie in the same memory", () => {
    const whole = answerOn("gb10").methods;
    const answer = answerOn("gb10", { offload: "all", stack: "unsloth" });
    expect(answer.methods.map(({ estimate }) => estimate.hostBytes)).toEqual([0, 0, 0]);
    expect(answerIssues(answer).map(({ key, used }) => [key, used])).toEqual([["offload", "none"]]);
    expect(answerOn("gb10", { offload: "all" }).methods.map(({ estimate }) => estimate.peakBytes)).toEqual(
      whole.map(({ estimate }) => estimate.peakBytes),
    );
  });
});

test("A Mac has neither bitsandbytes nor FlashAttention", () => {
  expect(notesOn("apple-m3-max-64gb", { method: "qlora", attn: "flash" }).get("no-cuda")?.says).toBe(
    "On a Mac PyTorch runs on MPS; the figures are those of a CUDA card. " +
      "It has no bitsandbytes and no FlashAttention, made for CUDA. " +
      "4-bit weights are trained in MLX there, which is not counted here.",
  );
  expect(notesOn("apple-m3-max-64gb", { method: "qlora" }).get("no-cuda")?.says).toContain("no bitsandbytes,");
  expect(notesOn("apple-m3-max-64gb", { attn: "flash" }).get("no-cuda")?.says).toContain("no FlashAttention,");
  expect(notesOn("apple-m3-max-64gb").get("no-cuda")?.says).toMatch(/the figures are those of a CUDA card\.$/);
});
