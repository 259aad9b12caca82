import { expect, test, vi } from "vitest";
import { onceForEach } from "#calc/base/caches.ts";

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
