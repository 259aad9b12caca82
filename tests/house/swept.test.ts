import { expect, test } from "vitest";
import { drawnBy, drawnOf } from "../swept.ts";

const rowsOf = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);

test("a sweep looks at one of each eight rows, and at one of those that are left", () => {
  for (const seed of ["0 ", "1 ", "49321415 trl"]) {
    expect(drawnBy(seed, rowsOf(238)).map((row) => Math.floor(row / 8))).toEqual(rowsOf(30));
    expect(drawnBy(seed, rowsOf(3))).toHaveLength(1);
    expect(drawnBy(seed, [])).toEqual([]);
  }
});

test("a seed always draws the same rows, and over many seeds each row is drawn", () => {
  expect(drawnBy("7", rowsOf(100))).toEqual(drawnBy("7", rowsOf(100)));
  const drawn = new Set(rowsOf(100).flatMap((seed) => drawnBy(`${seed}`, rowsOf(100))));
  expect([...drawn].toSorted((one, other) => one - other)).toEqual(rowsOf(100));
});

test("npm run fuzz looks at all rows", () => {
  expect(drawnOf(rowsOf(100), "", { FUZZ_SEED: "1" })).toEqual(rowsOf(100));
  expect(drawnOf(rowsOf(100), "", {})).toHaveLength(13);
});

test("sweeps of other names look at other rows", () => {
  expect(drawnOf(rowsOf(100), "trl", {})).not.toEqual(drawnOf(rowsOf(100), "unsloth", {}));
});
