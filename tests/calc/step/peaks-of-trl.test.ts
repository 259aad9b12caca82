import { describe, expect, test } from "vitest";
import { holdRows } from "../../../tools/terminal/reference-held.ts";

describe.each([
  ["DPO over whole logits, held against TRL 1.8", "trl-dpo-older-reference", 14],
  ["DPO, held against TRL 0.24", "trl-dpo-0.24-reference", 9],
  ["ORPO, CPO and SimPO, held against TRL 1.16", "trl-free-reference", 12],
  ["TRL's head without Triton, held against TRL 1.16", "trl-torch-reference", 20],
] as const)("%s", (_, file, count) => {
  const { errors, refused, unknown } = holdRows(`tests/golden/${file}.jsonl`);

  test("all rows are read", () => {
    expect([...refused, ...unknown]).toEqual([]);
    expect(errors).toHaveLength(count);
  });

  test.each(errors)("$row.id ($row.model, $row.method): the peak to the byte", ({ peakError }) => {
    expect(peakError).toBe(0);
  });
});
