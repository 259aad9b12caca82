import fc from "fast-check";
import { expect, test } from "vitest";
import { largestTaken, multiplesOf, roundNumbers, type TriedNumbers } from "#advice/largest-search.ts";
import { runToEnd } from "#advice/trial.ts";
import { type Bytes, bytes } from "#calc/base/bytes.ts";
import { fitOnCard, onCardByRule } from "#calc/card/fit.ts";
import type { CardUse } from "#calc/card/card-use.ts";

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
