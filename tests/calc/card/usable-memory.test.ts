import { describe, expect, test } from "vitest";
import { bytes, GIB } from "#calc/base/bytes.ts";
import { fitOnCard, withCannotRun, onCardByReplay, onCardByRule } from "#calc/card/fit.ts";
import { mostSeenOnCard } from "#calc/card/usable-memory.ts";

const gib = (many: number) => bytes(Math.round(many * GIB));
const REPLAYED = onCardByReplay({ neededBytes: 10 * GIB, reservedBytes: 12 * GIB }, 1);

describe("what is seen of a run on a card", () => {
  test("is what the allocator holds while there is room, and the context", () => {
    expect(mostSeenOnCard(REPLAYED, fitOnCard(REPLAYED, gib(24)))).toBe(gib(12.4));
  });

  test("is the high end of its range where the allocator is not replayed", () => {
    const ruled = onCardByRule(gib(10), 1);
    expect(mostSeenOnCard(ruled, fitOnCard(ruled, gib(24)))).toBe(gib(12));
  });

  test("is never more than there is", () => {
    expect(mostSeenOnCard(REPLAYED, fitOnCard(REPLAYED, gib(12.4)))).toBe(gib(12.4));
    expect(mostSeenOnCard(REPLAYED, fitOnCard(REPLAYED, gib(12.3)))).toBe(gib(12.3));
    expect(mostSeenOnCard(REPLAYED, fitOnCard(REPLAYED, gib(10.4)))).toBe(gib(10.4));
  });

  test("is nothing where it does not fit, or cannot run", () => {
    expect(mostSeenOnCard(REPLAYED, fitOnCard(REPLAYED, gib(10.3)))).toBeNull();
    expect(mostSeenOnCard(REPLAYED, withCannotRun(fitOnCard(REPLAYED, gib(24)), "flash attention"))).toBeNull();
  });
});
