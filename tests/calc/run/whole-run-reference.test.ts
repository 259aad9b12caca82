import { describe, expect, test } from "vitest";
import { holdRows } from "../../../tools/terminal/reference-held.ts";

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
