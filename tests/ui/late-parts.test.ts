import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

type Seen = (entries: readonly Readonly<{ isIntersecting: boolean }>[]) => void;

/** What the page has in sight, in a test's hand. */
class Sight {
  static seen: Seen[] = [];
  constructor(seen: Seen) {
    Sight.seen.push(seen);
  }
  observe(): void {}
  disconnect(): void {}
}

/** Whether a promise has come true by now. */
const isThere = async (promise: Promise<void>): Promise<boolean> => {
  let there = false;
  void promise.then(() => (there = true));
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  return there;
};

const fresh = async () => {
  vi.resetModules();
  return import("#ui/late-parts.tsx");
};

beforeEach(() => {
  Sight.seen = [];
  vi.stubGlobal("IntersectionObserver", Sight);
  document.body.innerHTML = '<section id="drawn"></section>';
});
afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = "";
  location.hash = "";
});

describe("a part of the static page", () => {
  it("that is not drawn is needed at once", async () => {
    const { whenSeenOrTouched } = await fresh();
    expect(await isThere(whenSeenOrTouched("elsewhere"))).toBe(true);
  });

  it("waits until it is seen", async () => {
    const { whenSeenOrTouched } = await fresh();
    const waiting = whenSeenOrTouched("drawn");
    Sight.seen[0]?.([{ isIntersecting: false }]);
    expect(await isThere(waiting)).toBe(false);
    Sight.seen[0]?.([{ isIntersecting: true }]);
    expect(await isThere(waiting)).toBe(true);
  });

  it.each(["pointerdown", "keydown", "click", "focusin", "scroll", "beforeprint", "hashchange"])(
    "comes alive with a %s anywhere",
    async (type) => {
      const { whenSeenOrTouched, wakeWhenTouched } = await fresh();
      wakeWhenTouched();
      const waiting = whenSeenOrTouched("drawn");
      expect(await isThere(waiting)).toBe(false);
      dispatchEvent(new Event(type));
      expect(await isThere(waiting)).toBe(true);
    },
  );

  it("comes alive at once where the address goes to an anchor, and when something is about to change", async () => {
    location.hash = "#accuracy";
    const anchored = await fresh();
    anchored.wakeWhenTouched();
    expect(await isThere(anchored.whenSeenOrTouched("drawn"))).toBe(true);
    location.hash = "";
    const changing = await fresh();
    changing.wakeWhenTouched();
    const waiting = changing.whenSeenOrTouched("drawn");
    changing.wakeAllParts();
    expect(await isThere(waiting)).toBe(true);
  });
});
