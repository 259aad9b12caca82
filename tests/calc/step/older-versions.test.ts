import { describe, expect, test } from "vitest";
import { BLOCK_BYTES } from "#calc/base/bytes.ts";
import { errorsOf } from "../../../tools/terminal/reference-errors.ts";
import { readReferenceRows } from "../../../tools/terminal/reference-rows.ts";
import { scenarioOf } from "../../../tools/terminal/reference-scenario.ts";

const { memory } = readReferenceRows("tests/golden/older-transformers-memory.jsonl");

describe("Version 4 of transformers, whose checkpoints are reentrant, within 0.1 % of its own code on fake tensors", () => {
  test("is held on full fine-tuning, LoRA and QLoRA of both versions", () => {
    expect(new Set(memory.map(({ method, transformers }) => `${method} ${transformers}`)).size).toBe(6);
  });

  test.each(memory.map((row) => [row.id, row.method, row] as const))("%s, %s", (_, __, row) => {
    const scenario = scenarioOf(row);
    if (scenario === null) throw new Error(`${row.model} is not in the catalog`);
    const { peakError, peakErrorFraction } = errorsOf(row, scenario);
    expect(Math.abs(peakErrorFraction)).toBeLessThan(0.001);
    // Its rotary embedding has one buffer, ours two.
    if (row.transformers === "4.48.1") expect(peakError).toBe(BLOCK_BYTES);
  });
});
