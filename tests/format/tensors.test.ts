import { expect, test } from "vitest";
import { layerRanges } from "#format/formula-text.ts";
import { formatMib } from "#format/bytes.ts";

const upTo = (end: number): number[] => Array.from({ length: end }, (_, index) => index);

test.each([
  [upTo(32), "layers 0–31"],
  [[4], "layer 4"],
  [[0, 2, 3], "layers 0, 2–3"],
  [[0, 2, 4], "layers 0, 2, 4"],
  [[0, 2, 4, 6], "4 of layers 0–6"],
  [upTo(32).filter((layer) => layer % 2 === 0), "16 of layers 0–30"],
  [[-1], "before the layers"],
  [[32], "after the layers"],
  [[-1, 0, 1], "before the layers, layers 0–1"],
  [[], ""],
])("%j of 32 layers are written %s", (layers, text) => {
  expect(layerRanges(layers, 32)).toBe(text);
});

test("tensors are written in MiB with one decimal and commas", () => {
  expect(formatMib(14_336 * 2 ** 20)).toBe("14,336.0");
  expect(formatMib(1.55 * 2 ** 20)).toBe("1.6");
  expect(formatMib(512)).toBe("<\u00a00.1");
});
