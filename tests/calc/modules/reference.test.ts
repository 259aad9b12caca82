import { describe, expect, test } from "vitest";
import { errorsOf } from "../../../tools/terminal/reference-errors.ts";
import { readReferenceRows } from "../../../tools/terminal/reference-rows.ts";
import { scenarioOf } from "../step/reference-row.ts";

/** Of the rows that `step/reference.test.ts` holds in full, those that were made for one kind of module. */
describe.each([
  ["DoRA on a 4-bit base", "dora-4bit"],
  ["attention op by op", "math-attention"],
  ["routers and experts", "sparse"],
  ["masks of padded rows", "padded"],
  ["masks of windows", "window"],
])("%s, held against PyTorch on fake tensors", (_, name) => {
  const rows = readReferenceRows(`tests/golden/${name}-reference-memory.jsonl`).memory;

  test.each(rows)("$id ($model, $method): every moment, to the byte", (row) => {
    expect(errorsOf(row, scenarioOf(row)).isExactThroughout).toBe(true);
  });
});
