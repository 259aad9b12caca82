import { expect, test } from "vitest";
import { boundedCache } from "#calc/base/bounded-cache.ts";

test("the same object and text give the same value, made once; one too many, and all are made anew", () => {
  const cache = boundedCache<object, object>(2);
  const [one, other] = [{}, {}];
  let made = 0;
  const make = (): object => ({ made: (made += 1) });
  const first = cache(one, "a", make);
  expect(cache(one, "a", make)).toBe(first);
  expect(cache(other, "a", make)).not.toBe(first);
  expect(made).toBe(2);
  cache(one, "b", make);
  expect(cache(one, "a", make)).not.toBe(first);
});
