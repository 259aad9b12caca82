import { describe, expect, test } from "vitest";
import { errorsOf } from "../../../tools/terminal/reference-errors.ts";
import { readReferenceRows } from "../../../tools/terminal/reference-rows.ts";
import { scenarioOf } from "../step/reference-row.ts";

const errorsIn = (file: string): ReturnType<typeof errorsOf>[] =>
  readReferenceRows(`tests/golden/${file}-reference.jsonl`).memory.map((row) => errorsOf(row, scenarioOf(row)));

describe("One rank of those that divide matrices, held against PyTorch on fake tensors", () => {
  const errors = errorsIn("tensor-parallel");

  test("there are rows of 2, 4 and 8 ranks, full and LoRA, with and without sequence parallelism", () => {
    expect(new Set(errors.map(({ row }) => row.tensor_parallel))).toEqual(new Set([2, 4, 8]));
    expect(new Set(errors.map(({ row }) => row.method))).toEqual(new Set(["full", "lora"]));
    expect(errors.filter(({ row }) => row.sequence_parallel).length).toBeGreaterThan(10);
  });

  test.each(errors)("$row.id ($row.model, $row.method): every moment, to the byte", ({ isExactThroughout, marks }) => {
    expect(marks).toEqual({ static: 0, forward: 0, backward: 0, step: 0, zero: 0 });
    expect(isExactThroughout).toBe(true);
  });
});
