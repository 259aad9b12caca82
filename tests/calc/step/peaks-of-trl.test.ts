import { describe, expect, test } from "vitest";
import { holdRows } from "../../../tools/terminal/reference-held.ts";

/**
 * What peaks are off by in 16 bits without autocast: the log-probabilities of each row are a storage of their own, here half a block less than whole blocks, and all
 * rows are counted as one; in the forward of a reference what earlier rows gave is a block or two each.
 */
const OFF_BY: Readonly<Record<string, number>> = { "obj.047": -1024, "trl-0.24.009": -6656 };

describe.each([
  ["DPO over whole logits, held against TRL 1.8", "trl-dpo-older-reference", 14],
  ["DPO, held against TRL 0.24", "trl-dpo-0.24-reference", 9],
  ["ORPO, CPO and SimPO, held against TRL 1.16", "trl-free-reference", 12],
] as const)("%s", (_, file, count) => {
  const { errors, refused, unknown } = holdRows(`tests/golden/${file}.jsonl`);

  test("all rows are read", () => {
    expect([...refused, ...unknown]).toEqual([]);
    expect(errors).toHaveLength(count);
  });

  test.each(errors)("$row.id ($row.model, $row.method): the peak to the byte", ({ row, peakError }) => {
    expect(peakError).toBe(OFF_BY[row.id] ?? 0);
  });
});
