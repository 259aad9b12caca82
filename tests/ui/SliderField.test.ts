import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { POSITIONS, stepFrom, toPosition, toStop, type Scale } from "#ui/SliderField.tsx";

const powers: Scale = { kind: "log", stops: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] };
const linear: Scale = { kind: "linear", stops: [0, 0.5, 1, 2, 4, 8, 12, 16] };

describe("a slider's scale", () => {
  it("puts its first and last stop at the ends", () => {
    expect([1, 512].map((value) => toPosition(powers, value))).toEqual([0, POSITIONS]);
    expect([0, 16].map((value) => toPosition(linear, value))).toEqual([0, POSITIONS]);
  });

  it("puts equal ratios at equal distances when logarithmic, to the half position it rounds by", () => {
    const steps = powers.stops.slice(1).map((stop) => toPosition(powers, stop) - toPosition(powers, stop / 2));
    for (const step of steps) expect(Math.abs(step - POSITIONS / 9)).toBeLessThanOrEqual(1);
  });

  it("keeps a value beyond its ends at the end", () => {
    expect(toPosition(powers, 1024)).toBe(POSITIONS);
    expect(toPosition(powers, 0.1)).toBe(0);
  });

  it("snaps to the nearest stop, and a stop snaps to itself", () => {
    expect(toStop(powers, toPosition(powers, 17))).toBe(16);
    for (const scale of [powers, linear])
      for (const stop of scale.stops) expect(toStop(scale, toPosition(scale, stop))).toBe(stop);
  });

  it("never moves the thumb back when the value grows", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 600, noNaN: true }),
        fc.double({ min: 1, max: 600, noNaN: true }),
        (a, b) => {
          expect(toPosition(powers, Math.max(a, b))).toBeGreaterThanOrEqual(toPosition(powers, Math.min(a, b)));
        },
      ),
    );
  });

  it("steps from a value between two stops to the next one on each side", () => {
    expect(stepFrom(powers, 17, 1)).toBe(32);
    expect(stepFrom(powers, 17, -1)).toBe(16);
    expect(stepFrom(powers, 16, 1)).toBe(32);
    expect(stepFrom(powers, 16, -1)).toBe(8);
  });

  it("stops at its ends however far it is asked to step", () => {
    expect(stepFrom(powers, 16, Infinity)).toBe(512);
    expect(stepFrom(powers, 16, -Infinity)).toBe(1);
    expect(stepFrom(powers, 512, 1)).toBe(512);
  });
});
