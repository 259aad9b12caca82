import fc from "fast-check";
import { expect, test } from "vitest";
import { logTicks } from "#charts/ComparisonScatter.tsx";

test("ticks are 1, 2 and 5 times powers of ten, from below the least to above the greatest", () => {
  expect(logTicks([2.7, 76.7])).toEqual([2, 5, 10, 20, 50, 100]);
  expect(logTicks([0.3, 0.4])).toEqual([0.2, 0.5]);
});

test("what lies on a tick needs no further one, and one value alone still has an axis", () => {
  expect(logTicks([5, 20])).toEqual([5, 10, 20]);
  expect(logTicks([10])).toEqual([10, 20]);
  expect(logTicks([])).toEqual([1, 10]);
  expect(logTicks([0, -3, 5])).toEqual([5, 10]);
});

test("every value lies between the first and the last tick", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
      const ticks = logTicks(values);
      const slack = 1 + 1e-9;
      expect(ticks[0]).toBeLessThanOrEqual(Math.min(...values) * slack);
      expect((ticks.at(-1) ?? 0) * slack).toBeGreaterThanOrEqual(Math.max(...values));
    }),
  );
});
