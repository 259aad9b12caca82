import { expect, test, vi } from "vitest";
import { boundedCache, onceForEach } from "#calc/base/caches.ts";

/** A cache of two, and a function that asks it and says whether the value had to be made. */
const cacheOfTwo = (): ((key: object, text: string) => boolean) => {
  const cache = boundedCache<object, object>(2);
  return (key, text) => {
    let isMade = false;
    cache(key, text, () => {
      isMade = true;
      return {};
    });
    return isMade;
  };
};

test("the same object and text give the same value, made once", () => {
  const cache = boundedCache<object, object>(2);
  const key = {};
  const first = cache(key, "a", () => ({}));
  expect(cache(key, "a", () => ({}))).toBe(first);
});

test("another object or another text gives another value", () => {
  const makes = cacheOfTwo();
  const [one, other] = [{}, {}];
  expect([makes(one, "a"), makes(other, "a"), makes(one, "b")]).toEqual([true, true, true]);
});

test("one too many, and the one that was asked for longest ago is forgotten", () => {
  const makes = cacheOfTwo();
  const key = {};
  makes(key, "a");
  makes(key, "b");
  expect(makes(key, "a")).toBe(false);
  makes(key, "c");
  expect(makes(key, "a")).toBe(false);
  expect(makes(key, "b")).toBe(true);
});

test("a value that is made with the help of others in the same cache is kept", () => {
  const cache = boundedCache<object, object>(1);
  const key = {};
  const outer = cache(key, "outer", () => ({ inner: cache(key, "inner", () => ({})) }));
  expect(cache(key, "outer", () => ({}))).toBe(outer);
});

test("a function made once for each object answers the same, and asks again only for another object", () => {
  const make = vi.fn(({ layers }: { layers: number }) => (layers > 0 ? layers * 2 : undefined));
  const doubled = onceForEach(make);
  const [one, other, none] = [{ layers: 16 }, { layers: 16 }, { layers: 0 }];
  expect([doubled(one), doubled(one), doubled(other), doubled(none), doubled(none)]).toEqual([
    32,
    32,
    32,
    undefined,
    undefined,
  ]);
  expect(make).toHaveBeenCalledTimes(3);
});
