import fc from "fast-check";
import { expect, test } from "vitest";
import { largestWithin } from "#advice/largest-search.ts";
import { tried } from "../tried.ts";

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
