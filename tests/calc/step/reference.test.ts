import { describe, expect, test } from "vitest";
import { expectEstimate } from "./expect-estimate.ts";
import { ROWS_BESIDE, ROWS_MADE_WITH, ROWS_UNSEEN } from "./reference-files.ts";
import { scenarioOf } from "./reference-row.ts";

describe("The door of calc, held against PyTorch on fake tensors", () => {
  // The estimates of those that are simulated, too, are held beside that: a step is compiled once for both.
  const all = [...ROWS_MADE_WITH, ...ROWS_UNSEEN, ...ROWS_BESIDE];

  test("there are rows of every method", () => {
    expect(new Set(all.map((row) => row.method))).toEqual(new Set(["full", "lora", "qlora"]));
    expect(all.length).toBeGreaterThan(450);
  });

  test.each(ROWS_BESIDE)("$id ($model, $method): loaded bytes and every moment of the last micro step", (row) =>
    expectEstimate(row, scenarioOf(row)),
  );
});
