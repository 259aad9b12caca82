import { expect, test } from "vitest";
import { multiplesOf, roundNumbers, type TriedNumbers } from "#advice/largest-search.ts";

const all = ({ count, at }: TriedNumbers): readonly number[] =>
  Array.from({ length: count }, (_, index) => at(index + 1));

test("multiples are those within the range", () => {
  expect(all(multiplesOf(8, { min: 1, max: 30 }))).toEqual([8, 16, 24]);
  expect(all(multiplesOf(8, { min: 16, max: 32 }))).toEqual([16, 24, 32]);
  expect(all(multiplesOf(1, { min: 3, max: 5 }))).toEqual([3, 4, 5]);
});

test("between multiples of more than one the neighbours are tried too, between round numbers they are not", () => {
  const range = { min: 1, max: 100 };
  expect([multiplesOf(1, range), multiplesOf(8, range), roundNumbers(range)].map(({ isStepped }) => isStepped)).toEqual(
    [false, true, false],
  );
});

test("round numbers are all of them up to 32, then no more than a 16th apart, and the last of the range", () => {
  const numbers = all(roundNumbers({ min: 1, max: 5000 }));
  expect(numbers.slice(0, 34)).toEqual([...Array.from({ length: 32 }, (_, index) => index + 1), 34, 36]);
  expect(numbers.slice(-3)).toEqual([4608, 4864, 5000]);
  expect(numbers).toContain(4096);
  numbers.forEach((number, index) => {
    const next = numbers[index + 1] ?? number + 1;
    expect(next).toBeGreaterThan(number);
    expect(next - number).toBeLessThanOrEqual(Math.max(1, number / 16));
  });
});

test.each([multiplesOf(8, { min: 1, max: 5000 }), roundNumbers({ min: 1, max: 5000 })])(
  "how many are no larger than a number is the index of the last of them",
  (numbers) => {
    const { at, count, countTo } = numbers;
    for (const n of [1, 8, 63, 64, 65, 100, 2048, 4999, 5000, 1e6]) {
      const index = countTo(n);
      if (index > 0) expect(at(index)).toBeLessThanOrEqual(n);
      if (index < count) expect(at(index + 1)).toBeGreaterThan(n);
    }
  },
);
