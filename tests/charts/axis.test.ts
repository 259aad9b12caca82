import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { axisEnd } from "#charts/axis-end.ts";
import { axisTicks } from "#charts/axis-ticks.ts";

const gib = fc.double({ min: 0.01, max: 5000, noNaN: true });

describe("the end of the axis", () => {
  test("84 GiB holds 75.3 beside a 24 GB card on a wide window", () => {
    expect(axisEnd({ longestGib: 75.3, chosenGib: 23.55, capFactor: 4 })).toBe(84);
  });

  test("40 GiB is the most at twice a 24 GB card, so the bar is cut", () => {
    expect(axisEnd({ longestGib: 75.3, chosenGib: 23.55, capFactor: 2 })).toBe(40);
  });

  test("the chosen line is on the axis even when every bar is short", () => {
    expect(axisEnd({ longestGib: 3, chosenGib: 79.2, capFactor: 4 })).toBe(84);
  });

  test("a card that is full already leaves an axis for the bars alone", () => {
    expect(axisEnd({ longestGib: 16.9, chosenGib: 0, capFactor: 4 })).toBe(20);
  });

  test("it holds the chosen line, and the longest bar or the most that the cap allows", () => {
    fc.assert(
      fc.property(gib, gib, fc.constantFrom(2, 4), (longestGib, chosenGib, capFactor) => {
        const end = axisEnd({ longestGib, chosenGib, capFactor });
        expect(end).toBeGreaterThanOrEqual(chosenGib);
        if (end < longestGib) expect(end).toBeLessThanOrEqual(chosenGib * capFactor);
        // Where the bar is cut, the axis uses at least two thirds of what it may.
        if (end < longestGib && chosenGib > 1)
          expect(end).toBeGreaterThanOrEqual((chosenGib * capFactor * 2) / 3 - 0.01);
      }),
    );
  });

  test("a longer bar never shortens the axis", () => {
    fc.assert(
      fc.property(gib, gib, gib, (one, other, chosenGib) => {
        const [short, long] = one < other ? [one, other] : [other, one];
        const end = (longestGib: number): number => axisEnd({ longestGib, chosenGib, capFactor: 4 });
        expect(end(long)).toBeGreaterThanOrEqual(end(short));
      }),
    );
  });
});

describe("the ticks of the axis", () => {
  test("a wide axis to 84 has ticks every 10", () => {
    expect(axisTicks(84, 908)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80]);
  });

  test("a phone's axis to 40 has ticks every 10, for want of room", () => {
    expect(axisTicks(40, 358)).toEqual([0, 10, 20, 30, 40]);
  });

  test("there are 4 to 9 of them, from zero, evenly spaced, within the axis, for every end that an axis can have", () => {
    fc.assert(
      fc.property(gib, gib, fc.integer({ min: 250, max: 1400 }), (longestGib, chosenGib, width) => {
        const end = axisEnd({ longestGib, chosenGib, capFactor: 4 });
        const ticks = axisTicks(end, width);
        const step = ticks[1] ?? 0;
        expect(ticks.length).toBeGreaterThanOrEqual(4);
        expect(ticks.length).toBeLessThanOrEqual(9);
        expect(ticks[0]).toBe(0);
        for (const [index, tick] of ticks.entries()) expect(tick).toBeCloseTo(index * step, 6);
        expect(ticks.at(-1)).toBeLessThanOrEqual(end);
      }),
    );
  });
});
