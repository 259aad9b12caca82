import { expect, test } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
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

test("the sizes that most cards have win the room, in whatever order they come", () => {
  const sizes = [24, 80, 16, 48, 8, 141, 32, 12, 96, 192];
  const series = [{ label: "LoRA", bytes: [1].map((gib) => gib * GIB), crossings: [] }];
  for (const [index, size] of sizes.slice(1).entries()) {
    const rivals = [card(`${size}\u00a0GB`, 50), card(`${sizes[index]}\u00a0GB`, 51)];
    const { lines } = sweepPicture([1], series, [card("chosen", 100, true), ...rivals]);
    expect(lines.map(({ label }) => label)).toEqual(["chosen", `${sizes[index]}\u00a0GB`]);
  }
});

test("lines have room from six hundredths of the axis on, up to its end", () => {
  const series = [{ label: "LoRA", bytes: [90 * GIB], crossings: [] }];
  const drawn = (gib: number): readonly number[] =>
    sweepPicture([1], series, [card("chosen", 50, true), card("16\u00a0GB", gib)]).lines.map((line) => line.gib);
  // The axis ends at 100 GiB.
  expect(drawn(43.9)).toEqual([50, 43.9]);
  expect(drawn(44.1)).toEqual([50]);
  expect(drawn(55.9)).toEqual([50]);
  expect(drawn(56.1)).toEqual([50, 56.1]);
  expect(drawn(100)).toEqual([50, 100]);
  expect(drawn(100.1)).toEqual([50]);
});

test("eight stops at most have a name", () => {
  const stops = Array.from({ length: 17 }, (_, index) => index + 1);
  const named = (count: number): readonly number[] => sweepPicture(stops.slice(0, count), [], CARDS).xTicks;
  expect(named(8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(named(9)).toEqual([1, 3, 5, 7, 9]);
  expect(named(16)).toEqual([1, 3, 5, 7, 9, 11, 13, 15]);
  expect(named(17)).toEqual([1, 4, 7, 10, 13, 16]);
});

test("without stops, curves and cards there is still an axis", () => {
  expect(sweepPicture([], [], [])).toMatchObject({ rows: [], lines: [], dots: [], endGib: 0.5 });
});

test("a curve without an end at the last stop has no dot there, and one at the first has", () => {
  const series = [{ label: "LoRA", bytes: [1, 2, 3].map((gib) => gib * GIB), crossings: [1] }];
  expect(sweepPicture([1, 10, 100], series, [card("chosen", 4, true)]).dots.map(({ x }) => x)).toEqual([1]);
  expect(sweepPicture([2, 10, 100], series, [card("chosen", 4, true)]).dots).toEqual([]);
});

test("a dot stands where a curve leaves a drawn capacity, none where it does not within the picture", () => {
  const series = [{ label: "LoRA", bytes: [10, 40, 400].map((gib) => gib * GIB), crossings: [20, null, 5, 100, 21] }];
  const { dots } = sweepPicture([1, 10, 100], series, CARDS);
  expect(dots).toEqual([{ x: 20, gib: 23.5, chosen: true, series: 0 }]);
});
