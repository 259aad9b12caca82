import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { formatCount, formatParams, formatPercent, formatSignedPercent } from "#format/numbers.ts";

describe("counts in full", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1,000"],
    [4096, "4,096"],
    [1_048_576, "1,048,576"],
    [2.5, "3"],
    [-1, "\u22121"],
    [-2.5, "\u22123"],
    [-0.2, "0"],
    [Number.NaN, "–"],
  ])("%d is written %s", (count, text) => expect(formatCount(count)).toBe(text));

  it("a count without its commas is the count", () => {
    fc.assert(fc.property(fc.maxSafeNat(), (count) => Number(formatCount(count).replaceAll(",", "")) === count));
  });
});

describe("parameters in three digits", () => {
  it.each([
    [8_030_261_248, "8.03\u00A0B"],
    [41_943_040, "41.9\u00A0M"],
    [8_388_608, "8.39\u00A0M"],
    [405_853_388_800, "406\u00A0B"],
    [671_026_419_200, "671\u00A0B"],
    [1_026_000_000_000, "1.03\u00A0T"],
    [7_000_000_000, "7.00\u00A0B"],
    [8_025_000_000, "8.03\u00A0B"],
    [9_995_000_000, "10.0\u00A0B"],
    [9_994_999_999, "9.99\u00A0B"],
    [9_995_000_000_000, "10.0\u00A0T"],
    [9_994_999_999_999, "9.99\u00A0T"],
    [9_995_000, "10.0\u00A0M"],
    [9_994_999, "9.99\u00A0M"],
    [9995, "10.0\u00A0K"],
    [9994, "9.99\u00A0K"],
    [99_945_000_000, "99.9\u00A0B"],
    [99_950_000_000, "100\u00A0B"],
    [999_499_999, "999\u00A0M"],
    [999_500_000, "1.00\u00A0B"],
    [65_536, "65.5\u00A0K"],
    [999, "999"],
    [0, "0"],
    [1_234_567_000_000_000, "1,235\u00A0T"],
  ])("%d is written %s", (params, text) => expect(formatParams(params)).toBe(text));
});

it.each([
  [0, "0\u00A0%"],
  [0.00004, "<\u00A00.01\u00A0%"],
  [0.00005, "0.01\u00A0%"],
  [0.00522, "0.52\u00A0%"],
  [0.0079495, "0.79\u00A0%"],
  [0.0099, "0.99\u00A0%"],
  [0.01, "1.0\u00A0%"],
  [0.0125, "1.3\u00A0%"],
  [0.7416, "74.2\u00A0%"],
  [1, "100.0\u00A0%"],
  [Number.NaN, "–"],
])("the share %d is written %s", (fraction, text) => expect(formatPercent(fraction)).toBe(text));

test("an error keeps its sign; none has none", () => {
  expect([0.0041, -0.293, 0, Number.NaN].map(formatSignedPercent)).toEqual([
    "+0.41\u00a0%",
    "\u221229.3\u00a0%",
    "0\u00a0%",
    "–",
  ]);
});
