import { expect, test } from "vitest";
import { SWEEP_AXES, sweepStops } from "#advice/sweep-axes.ts";

test("a sweep goes over length, batch, rank or size", () => {
  expect(SWEEP_AXES).toEqual(["seq", "batch", "r", "params"]);
});

test("lengths go from 128 to 131,072 tokens, by powers of two and what lies between", () => {
  const stops = sweepStops("seq");
  expect(stops.slice(0, 5)).toEqual([128, 192, 256, 384, 512]);
  expect(stops.slice(-3)).toEqual([65_536, 98_304, 131_072]);
  expect(stops).toHaveLength(21);
});

test("batches are whole: 1, 2, 3, 4, 6 ... 64", () => {
  expect(sweepStops("batch")).toEqual([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]);
});

test("ranks are the powers of two up to 512", () => {
  expect(sweepStops("r")).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
});

test("sizes are six a decade from 0.1 to 700 billion parameters", () => {
  const decade = [1, 1.5, 2, 3, 5, 7];
  expect(sweepStops("params")).toEqual([1e8, 1e9, 1e10, 1e11].flatMap((unit) => decade.map((digit) => digit * unit)));
});
