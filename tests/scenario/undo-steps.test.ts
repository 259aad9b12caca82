import { describe, expect, it } from "vitest";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { type Change, withStep } from "#scenario/page/actions.ts";

const choices = (r: number): Choices => ({ ...DEFAULT_CHOICES, r });
const rank = (at: number, hold: number | null = null): Change => ({ fields: ["r"], at, hold });

describe("a step of undo", () => {
  it("is the whole of a drag: one field, changed frame after frame", () => {
    const first = withStep([], choices(1), { before: null, change: rank(0) });
    const second = withStep(first, choices(2), { before: rank(0), change: rank(16) });
    expect(withStep(second, choices(3), { before: rank(16), change: rank(32) })).toEqual([choices(1)]);
  });

  it("begins anew after a pause of half a second", () => {
    const first = withStep([], choices(1), { before: null, change: rank(0) });
    expect(withStep(first, choices(2), { before: rank(0), change: rank(500) })).toEqual([choices(1), choices(2)]);
  });

  it("goes on after a pause while the hand has not let go, and begins anew with the next hold", () => {
    const first = withStep([], choices(1), { before: null, change: rank(0, 1) });
    const second = withStep(first, choices(2), { before: rank(0, 1), change: rank(2000, 1) });
    expect(second).toEqual([choices(1)]);
    expect(withStep(second, choices(3), { before: rank(2000, 1), change: rank(4000, 2) })).toEqual([
      choices(1),
      choices(3),
    ]);
  });

  it("begins anew with another field, however soon", () => {
    const first = withStep([], choices(1), { before: null, change: rank(0) });
    const batch: Change = { fields: ["batch"], at: 10, hold: null };
    expect(withStep(first, choices(2), { before: rank(0), change: batch })).toEqual([choices(1), choices(2)]);
  });

  it("is forgotten after a hundred newer ones", () => {
    const past = Array.from({ length: 100 }, (_, index) => choices(index + 1));
    const longer = withStep(past, choices(101), { before: null, change: rank(0) });
    expect(longer).toHaveLength(100);
    expect(longer[0]).toEqual(choices(2));
  });
});
