import { describe, expect, test } from "vitest";
import { errorsOf } from "../../../tools/terminal/reference-errors.ts";
import { readReferenceRows } from "../../../tools/terminal/reference-rows.ts";
import { scenarioOf } from "./reference-row.ts";

describe("A step whose highest moment lies in a layer, held against PyTorch on fake tensors", () => {
  const errors = readReferenceRows("tests/golden/small-vocabulary-reference.jsonl").memory.map((row) =>
    errorsOf(row, scenarioOf(row)),
  );

  test("there are rows of every method, of more than four dozen families", () => {
    expect(new Set(errors.map(({ row }) => row.method))).toEqual(new Set(["full", "lora", "qlora"]));
    expect(new Set(errors.map(({ modelType }) => modelType)).size).toBeGreaterThan(48);
  });

  test.each(errors)("$row.id ($row.model, $row.method): within 0.15 %", ({ peakErrorFraction }) => {
    expect(Math.abs(peakErrorFraction)).toBeLessThan(0.0015);
  });

  test("all but six to the byte, at every moment", () => {
    expect(errors.filter(({ isExactThroughout }) => !isExactThroughout).map(({ row }) => row.id)).toEqual(
      ["075", "077", "102", "141", "143", "182"].map((number) => `small1-${number}`),
    );
  });
});

describe("A scan of one chunk or a few, whole or not, held against PyTorch on fake tensors", () => {
  const errors = readReferenceRows("tests/golden/chunked-reference.jsonl").memory.map((row) =>
    errorsOf(row, scenarioOf(row)),
  );

  test("there are rows of Mamba 2 and of gated delta nets", () => {
    expect(new Set(errors.map(({ modelType }) => modelType))).toEqual(
      new Set(["granitemoehybrid", "nemotron_h", "qwen3_5"]),
    );
  });

  test.each(errors)("$row.id ($row.model, $row.method): within a block of 512 B", ({ peakError }) => {
    expect(Math.abs(peakError)).toBeLessThanOrEqual(512);
  });

  test("all but two to the byte, at every moment: two chunks whose decay is not trained", () => {
    expect(errors.filter(({ isExactThroughout }) => !isExactThroughout).map(({ row }) => row.id)).toEqual([
      "chunks.090",
      "chunks.097",
    ]);
  });
});
