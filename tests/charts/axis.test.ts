import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { axisEnd, axisTicks } from "#charts/axis.ts";

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

describe("the round ends of the axis", () => {
  const ends = [0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32, 40, 48, 64, 84].concat(
    [100, 150, 200, 300, 400, 500, 600, 800, 1000, 1500, 8000, 10_000, 15_000, 80_000, 100_000, 800_000],
    [1_000_000, 1_500_000, 8_000_000],
  );

  test.each(ends)("%d GiB are held to the last byte, and what is longer by the next end", (end) => {
    const endOf = (longestGib: number): number => axisEnd({ longestGib, chosenGib: 0, capFactor: 4 });
    expect(endOf(end)).toBe(end);
    expect(endOf(end * 0.99)).toBe(end);
    expect(endOf(end * 1.01)).toBeGreaterThanOrEqual(end === 8_000_000 ? end : end * 1.15);
  });

  test("a bar without end is cut at eight million GiB", () => {
    expect(axisEnd({ longestGib: 1e9, chosenGib: 0, capFactor: 4 })).toBe(8_000_000);
  });

  test("the cap itself is an end that the axis may have", () => {
    expect(axisEnd({ longestGib: 75, chosenGib: 20, capFactor: 2 })).toBe(40);
  });
});

describe("the ticks of the axis", () => {
  test("a wide axis to 84 has ticks every 10", () => {
    expect(axisTicks(84, 908)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80]);
  });

  test("a phone's axis to 40 has ticks every 10, for want of room", () => {
    expect(axisTicks(40, 358)).toEqual([0, 10, 20, 30, 40]);
  });

  test.each([
    [0.5, 500, [0, 0.1, 0.2, 0.3, 0.4, 0.5]],
    [1, 500, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [8, 900, [0, 1, 2, 3, 4, 5, 6, 7, 8]],
    [8, 290, [0, 2, 4, 6, 8]],
    [12, 500, [0, 2, 4, 6, 8, 10, 12]],
    [16, 420, [0, 4, 8, 12, 16]],
    [24, 420, [0, 5, 10, 15, 20]],
    [32, 420, [0, 10, 20, 30]],
    [150, 250, [0, 40, 80, 120]],
    // Eight labels of 70 px are 560 wide.
    [150, 560, [0, 20, 40, 60, 80, 100, 120, 140]],
    [150, 559, [0, 40, 80, 120]],
    [800, 1400, [0, 100, 200, 300, 400, 500, 600, 700, 800]],
    [8_000_000, 500, [0, 2_000_000, 4_000_000, 6_000_000, 8_000_000]],
  ])("an axis to %d on %d px has them at %j", (end, width, ticks) => {
    expect(axisTicks(end, width)).toEqual(ticks);
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
