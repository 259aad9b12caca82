import { expect, test } from "vitest";
import { seededFractions } from "#calc/base/pseudo-random.ts";

/** @see ISO C++, [rand.predef]: the 10,000th draw of `minstd_rand`, seeded with 1, is 399268537 */
test("fractions are those of the minimal standard generator", () => {
  const fraction = seededFractions(1);
  const drawn = Array.from({ length: 10_000 }, fraction);
  expect(Math.round((drawn.at(-1) ?? 0) * (2 ** 31 - 1))).toBe(399_268_537);
  expect(Math.min(...drawn)).toBeGreaterThan(0);
  expect(Math.max(...drawn)).toBeLessThan(1);
});
