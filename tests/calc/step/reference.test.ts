import { estimated } from "#calc/model/estimated.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FAKE_TENSORS } from "#calc/base/machine.ts";
import { readReferenceRows } from "../../../tools/terminal/reference-rows.ts";
import { scenarioOf } from "./reference-row.ts";

const GOLDEN = "tests/golden";
const ROWS = readdirSync(GOLDEN)
  .filter((file) => file.endsWith("reference-memory.jsonl"))
  .flatMap((file) => readReferenceRows(`${GOLDEN}/${file}`).memory);

describe("The door of calc, held against PyTorch on fake tensors", () => {
  test("there are rows of every method", () => {
    expect(new Set(ROWS.map((row) => row.method))).toEqual(new Set(["full", "lora", "qlora"]));
    expect(ROWS.length).toBeGreaterThan(450);
  });

  test.each(ROWS)("$id ($model, $method): loaded bytes and every moment of the last micro step", (row) => {
    const { static_bytes, step } = row.expected;
    const { moments } = estimated(ENGINE.estimate(scenarioOf(row), FAKE_TENSORS));
    expect(moments.find(({ id }) => id === "load")?.liveBytes).toBe(static_bytes);
    for (const { id, liveBytes, peakBytes } of moments.slice(1)) {
      const expected = step.findLast(({ moment }) => moment === id);
      expect([liveBytes, peakBytes], id).toEqual([expected?.live_bytes, expected?.peak_bytes]);
    }
  });
});
