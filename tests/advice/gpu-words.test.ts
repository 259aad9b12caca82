import { describe, expect, test } from "vitest";
import { type CardNote, gpuNotes } from "#advice/answer-notes.ts";
import { METHODS } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { answerIssues } from "#scenario/choices/answer-issues.ts";
import { answerOf, choicesOf, settledOf } from "../answered.ts";

const catalog: Catalog = FULL_CATALOG;

const choicesOn = (id: string, patch: Partial<Choices> = {}): Choices =>
  choicesOf({ gpu: { kind: "catalog", id }, ...patch });

const notesOn = (id: string, patch: Partial<Choices> = {}): ReadonlyMap<string, CardNote> => {
  const row = catalog.gpus[id];
  if (row === undefined) throw new Error(id);
  return new Map(gpuNotes(row, settledOf(choicesOn(id, patch))).map((note) => [note.id, note]));
};

describe("A card with bf16, flash kernels and its memory to itself", () => {
  test.each(["rtx-4090", "a100-80gb-sxm", "mi300x", "b200"])("asks for nothing: %s", (id) => {
    expect(notesOn(id).size).toBe(0);
  });
});

describe("A card without bf16 and without a flash kernel", () => {
  test("asks for nothing where nobody chose against it: what it runs is what is counted", () => {
    for (const method of METHODS) expect(notesOn("t4", { method }).size).toBe(0);
  });

  test("says what it lacks for what was chosen", () => {
    expect(notesOn("t4", { attn: "flash", weights: "bf16" }).get("cannot-run")?.says).toBe(
      "LoRA cannot run on a T4: no flash kernel.",
    );
  });
});

describe("A MIG slice", () => {
  test("is one GPU, and several of them do not train together", () => {
    const id = "a100-80gb-mig-3g-40gb";
    expect(notesOn(id).size).toBe(0);
    expect(notesOn(id, { gpus: 2 }).get("cannot-run")?.says).toContain("slices of a card cannot reach each other");
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
    const whole = answerOf(choicesOn("gb10")).methods;
    const answer = answerOf(choicesOn("gb10", { offload: "all", stack: "unsloth" }));
    expect(answer.methods.map(({ estimate }) => estimate.hostBytes)).toEqual([0, 0, 0]);
    expect(answerIssues(answer).map(({ key, used }) => [key, used])).toEqual([["offload", "none"]]);
    expect(answerOf(choicesOn("gb10", { offload: "all" })).methods.map(({ estimate }) => estimate.peakBytes)).toEqual(
      whole.map(({ estimate }) => estimate.peakBytes),
    );
  });
});

test("A Mac has no bitsandbytes", () => {
  const notes = notesOn("apple-m3-max-64gb", { method: "qlora" });
  expect(notes.get("cannot-run")?.says).toBe("QLoRA cannot run on an M3 Max 64GB: no bitsandbytes.");
});
