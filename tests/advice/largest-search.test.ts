import fc from "fast-check";
import { expect, test } from "vitest";
import { largestTaken, multiplesOf, roundNumbers, type TriedNumbers, largestWithin } from "#advice/largest-search.ts";
import { runToEnd } from "#advice/trial.ts";
import { type Bytes, bytes } from "#calc/base/bytes.ts";
import { fitOnCard, onCardByRule } from "#calc/card/fit.ts";
import type { CardUse } from "#calc/card/card-use.ts";
import { tried } from "../tried.ts";

/** A run whose peak grows with n, and that needs some more for gaps, which come and go. */
const takenAt =
  (gapsAt: (n: number) => number) =>
  (n: number): CardUse => {
    const peak = 1000 + 10 * n;
    const needed = peak + gapsAt(n);
    return {
      leastBytes: bytes(peak),
      goesWith: (available) => needed <= available,
      fitWith: (available) => (needed > available ? "over" : "fits"),
      cardWith: (available) => fitOnCard({ onCardBytes: bytes(needed), comfortableBytes: bytes(needed) }, available),
      onCard: () => ({ ...onCardByRule(bytes(peak), 1), onCardBytes: bytes(needed) }),
    };
  };

/** The same where nothing is beside the peak. */
const takenByPeak = (peak: number): CardUse => ({
  leastBytes: bytes(peak),
  goesWith: (available) => peak <= available,
  fitWith: (available) => (peak > available ? "over" : "fits"),
  cardWith: (available) => fitOnCard({ onCardBytes: bytes(peak), comfortableBytes: bytes(peak) }, available),
  onCard: () => ({ ...onCardByRule(bytes(peak), 1), onCardBytes: bytes(peak) }),
});

type Law = Readonly<{ gaps: readonly number[]; available: Bytes; now: number }>;

const arbitraryLaw: fc.Arbitrary<Law> = fc.record({
  gaps: fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 7 }),
  available: fc.nat({ max: 7000 }).map(bytes),
  now: fc.integer({ min: 1, max: 500 }),
});

const found = ({ gaps, available, now }: Law, tried: TriedNumbers) => {
  const of = takenAt((n) => gaps[n % gaps.length] ?? 0);
  const largest = runToEnd(largestTaken({ takenAt: of, now }, tried)(available));
  return { largest, goes: (n: number) => of(n).goesWith(available) };
};

test.each([
  ["every number", multiplesOf(1, { min: 1, max: 500 })],
  ["multiples of 8", { ...multiplesOf(8, { min: 1, max: 500 }), isStepped: false }],
  ["round numbers", roundNumbers({ min: 1, max: 500 })],
])("of %s the last goes and the next does not, whatever gaps there are", (_, tried) => {
  fc.assert(
    fc.property(arbitraryLaw, (law) => {
      const { largest, goes } = found(law, tried);
      const { count, at, countTo } = tried;
      if (largest.value === null) {
        expect(goes(at(1))).toBe(false);
        return;
      }
      expect(at(countTo(largest.value))).toBe(largest.value);
      expect(goes(largest.value)).toBe(true);
      expect(largest.capped).toBe(largest.value === 500);
      if (largest.value < at(count)) expect(goes(at(countTo(largest.value) + 1))).toBe(false);
    }),
  );
});

test("where multiples of a step take less than what lies before them, no multiple beyond the largest goes, nor the next number", () => {
  fc.assert(
    fc.property(fc.nat(60), fc.array(fc.nat(6000), { minLength: 1, maxLength: 6 }), (extra, limits) => {
      const peakAt = (n: number): number => 1000 + 10 * n + (n % 8 === 0 ? 0 : extra);
      const search = largestTaken(
        { takenAt: (n) => takenByPeak(peakAt(n)), now: 16 },
        multiplesOf(8, { min: 1, max: 300 }),
      );
      for (const limit of limits) {
        const { value, capped } = runToEnd(search(bytes(limit)));
        const multiples = Array.from({ length: 37 }, (_, index) => 8 * (index + 1)).filter((n) => peakAt(n) <= limit);
        expect(value ?? 0).toBeGreaterThanOrEqual(multiples.at(-1) ?? 0);
        expect(value === null || peakAt(value) <= limit).toBe(true);
        expect(capped).toBe(value === 300);
        expect(capped || peakAt((value ?? 0) + 1) > limit).toBe(true);
      }
    }),
  );
});

test("what is asked of one capacity is kept for others", () => {
  let asked = 0;
  const linear = takenAt(() => 50);
  const search = largestTaken(
    { takenAt: (n) => ((asked += 1), linear(n)), now: 20 },
    multiplesOf(1, { min: 1, max: 10_000 }),
  );
  const first = runToEnd(search(bytes(50_000)));
  const once = asked;
  expect(runToEnd(search(bytes(50_000)))).toEqual(first);
  expect(asked).toBe(once);
  expect(once).toBeLessThan(30);
});

/** What a peak looks like over batch, length or rank: the highest of a few moments, each a polynomial. */
const moments = fc.array(fc.tuple(fc.nat(1000), fc.nat(50), fc.nat(3)), { minLength: 1, maxLength: 4 });
const peak = (of: readonly (readonly [number, number, number])[], n: number): number =>
  Math.max(...of.map(([a, b, c]) => a + b * n + c * n * n));

const TITLE = "the largest is the one that trying every number finds, whatever the limits and where the search begins";

tried(TITLE, { quick: 500, thorough: 5000 }, (runs) => {
  fc.assert(
    fc.property(
      moments,
      fc.array(fc.nat(20_000), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: -5, max: 400 }),
      (of, limits, hint) => {
        const search = largestWithin((n) => peak(of, n), { min: 1, max: 300 }, hint);
        for (const limit of limits) {
          const every = Array.from({ length: 300 }, (_, index) => index + 1).filter((n) => peak(of, n) <= limit);
          expect(search(limit)).toEqual({ value: every.at(-1) ?? null, capped: every.length === 300 });
        }
      },
    ),
    runs,
  );
});

test("asks for few values: a straight line for five, twelve limits on it for three or four each", () => {
  let asked = 0;
  const search = largestWithin((n) => ((asked += 1), 1000 + 7 * n), { min: 1, max: 10_485_760 }, 2048);
  expect(search(1_000_000).value).toBe(142_714);
  expect(asked).toBeLessThanOrEqual(14);
  for (let limit = 100_000; limit < 1_300_000; limit += 100_000) search(limit);
  expect(asked).toBeLessThanOrEqual(60);
});

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
