import { describe, expect, test } from "vitest";
import { holdRows } from "../../../tools/terminal/reference-held.ts";
import { readReferenceRows } from "../../../tools/terminal/reference-rows.ts";
import { rowsWithTable } from "../../../tools/terminal/reference-run-errors.ts";

describe("Moments outside the step, held against transformers, PEFT and bitsandbytes", () => {
  const { errors, refused, unknown } = holdRows("tests/golden/whole-run-reference.jsonl");

  test("all rows are read: of loading, merging, saving and resuming, of a dozen families", () => {
    expect([...refused, ...unknown]).toEqual([]);
    expect(new Set(errors.map(({ row }) => row.method))).toEqual(new Set(["load", "merge", "save", "resume"]));
    expect(new Set(errors.map(({ modelType }) => modelType)).size).toBeGreaterThan(12);
  });

  test.each(errors)("$row.id ($row.model, $row.method): to the byte", ({ runError, peakError, isExactThroughout }) => {
    expect({ runError, peakError }).toEqual({ runError: 0, peakError: 0 });
    expect(isExactThroughout).toBe(true);
  });
});

test("Of rows in one process, the first makes the table of 256 values; a process of its own makes it again", () => {
  const { runs } = readReferenceRows("tests/golden/whole-run-reference.jsonl");
  expect([...rowsWithTable(runs)].map(({ id }) => id)).toContain("whole-run.037");
  expect([...rowsWithTable(runs)].map(({ id }) => id)).not.toContain("whole-dev.044");
  expect(rowsWithTable(runs.filter(({ id }) => id === "whole-run.037")).size).toBe(0);
});

describe.each([
  ["transformers and TRL", "evaluation-reference", 36],
  ["TRL's head as on a card, and experts that it balances", "trl-evaluation-reference", 11],
])("Evaluations, held against %s", (_, file, rows) => {
  const { errors, refused, unknown } = holdRows(`tests/golden/${file}.jsonl`);

  test("all rows are read", () => {
    expect([...refused, ...unknown]).toEqual([]);
    expect(errors).toHaveLength(rows);
  });

  test.each(errors)("$row.id ($row.model): each point of the loop to the byte", ({ runError, peakError }) => {
    expect({ runError, peakError }).toEqual({ runError: 0, peakError: 0 });
  });
});

describe("Completions generated before a step, held against TRL and transformers", () => {
  const { errors, refused, unknown } = holdRows("tests/golden/generate-reference.jsonl");

  test("all rows are read: of full fine-tuning, LoRA and QLoRA, of six families, padded and not", () => {
    expect([...refused, ...unknown]).toEqual([]);
    expect(errors).toHaveLength(16);
    expect(new Set(errors.map(({ modelType }) => modelType)).size).toBe(6);
  });

  test.each(errors)("$row.id ($row.model): what it takes at its highest to the byte", ({ runError, peakError }) => {
    expect({ runError, peakError }).toEqual({ runError: 0, peakError: 0 });
  });
});
