import { expect, test } from "vitest";
import { GIB } from "#calc/base/quantity.ts";
import { type SweepCapacity, sweepPicture } from "#charts/sweep-series.ts";

const card = (label: string, gib: number, chosen = false): SweepCapacity => ({ label, bytes: gib * GIB, chosen });
const CARDS = [
  card("RTX 4090", 23.5, true),
  card("16\u00a0GB", 15.7),
  card("12\u00a0GB", 11.8),
  card("80\u00a0GB", 79),
  card("32\u00a0GB", 25),
];

test("the axis holds four times the chosen card at most, and lines that would print over each other go", () => {
  const series = [
    { label: "LoRA", bytes: [10, 40, 400].map((gib) => gib * GIB), crossings: [20, null, null, 30, null] },
  ];
  const { endGib, lines, rows } = sweepPicture([1, 10, 100], series, CARDS);
  expect(endGib).toBeLessThanOrEqual(4 * 23.5);
  expect(lines.map(({ label }) => label)).toEqual(["RTX 4090", "80\u00a0GB", "16\u00a0GB"]);
  expect(rows).toEqual([
    { x: 1, s0: 10 },
    { x: 10, s0: 40 },
    { x: 100, s0: 400 },
  ]);
});

test("a dot stands where a curve leaves a drawn capacity, none where it does not within the picture", () => {
  const series = [{ label: "LoRA", bytes: [10, 40, 400].map((gib) => gib * GIB), crossings: [20, null, 5, 100, 21] }];
  const { dots } = sweepPicture([1, 10, 100], series, CARDS);
  expect(dots).toEqual([{ x: 20, gib: 23.5, chosen: true, series: 0 }]);
});
