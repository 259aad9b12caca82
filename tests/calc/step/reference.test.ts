import { describe, expect, test } from "vitest";
import { estimateMemory } from "#calc/estimate.ts";
import { FAKE_TENSORS } from "#calc/machine.ts";
import type { MomentId } from "#calc/memory-estimate.ts";
import { readRows } from "../../golden/read-rows.ts";
import { type ReferenceRow, scenarioOf } from "./reference-row.ts";

const ROWS = ["reference-memory.jsonl", "more-reference-memory.jsonl"].flatMap((file) => readRows<ReferenceRow>(file));

describe("The door of calc, held against PyTorch on fake tensors", () => {
  test("there are rows of every method", () => {
    expect(new Set(ROWS.map((row) => row.method))).toEqual(new Set(["full", "lora", "qlora"]));
    expect(ROWS.length).toBeGreaterThan(150);
  });

  test.each(ROWS)("$id ($model, $method): counts and every moment are exact", (row) => {
    const estimate = estimateMemory(scenarioOf(row), FAKE_TENSORS);
    const at = (id: MomentId): readonly number[] => {
      const moment = estimate.moments.find((each) => each.id === id);
      return [moment?.liveBytes ?? 0, moment?.peakBytes ?? 0];
    };
    expect(estimate.params).toBe(row.params);
    expect(estimate.trainableParams).toBe(row.trainableParams);
    expect(at("load")[0]).toBe(row.staticBytes);
    for (const id of ["forward", "backward", "step", "zero"] as const) expect(at(id), id).toEqual(row.step[id]);
  });
});
