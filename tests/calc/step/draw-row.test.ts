import { describe, expect, test } from "vitest";
import { seededFractions } from "#calc/base/pseudo-random.ts";
import { drawRowLength } from "#calc/step/step-lengths.ts";

type Lengths = Parameters<typeof drawRowLength>[0];

const ROWS = 20_000;

const drawn = (lengths: Lengths, full: number): readonly number[] => {
  const fraction = seededFractions(1_234_567);
  return Array.from({ length: ROWS }, () => drawRowLength(lengths, full, fraction)).toSorted(
    (one, other) => one - other,
  );
};
const meanOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
const UNCUT = 1e9;

describe("rows that are drawn", () => {
  test("are of all lengths alike where they are uniform, from 1 token to the full length", () => {
    const rows = drawn({ kind: "uniform" }, 100);
    for (let length = 1; length <= 100; length++) {
      const count = rows.filter((each) => each === length).length;
      // Within five deviations of 200.
      expect(Math.abs(count - ROWS / 100)).toBeLessThan(71);
    }
    expect([rows[0], rows.at(-1)]).toEqual([1, 100]);
  });

  test("have the mean that is asked for where they are log-normal, and a deviation of 0.8 of the logarithm", () => {
    const rows = drawn({ kind: "lognormal", mean: 10_000 }, UNCUT);
    expect(meanOf(rows) / 10_000).toBeCloseTo(1, 1.5);
    const logs = rows.map((length) => Math.log(length));
    const center = meanOf(logs);
    expect(center).toBeCloseTo(Math.log(10_000) - 0.8 ** 2 / 2, 1);
    expect(Math.sqrt(meanOf(logs.map((log) => (log - center) ** 2)))).toBeCloseTo(0.8, 1);
  });

  test("are cut at the full length, and have a token at least", () => {
    const rows = drawn({ kind: "lognormal", mean: 2 }, 3);
    expect([rows[0], rows.at(-1)]).toEqual([1, 3]);
  });
});
