import { describe, expect, it } from "vitest";
import { runThrough } from "#advice/run-through.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { focusedRun } from "#service/answers/focused-run.ts";
import { stepTimeline } from "#service/answers/step-timeline.ts";

const told = (patch: Partial<Choices>, alive: boolean) =>
  runThrough(stepTimeline({ choices: { ...DEFAULT_CHOICES, ...patch }, alive }, FULL_CATALOG));

describe("the step of the method in focus", () => {
  it("has at its highest point the peak of the answer, and every tensor there where that is asked", () => {
    const step = told({ method: "lora" }, true);
    const peakBytes = focusedRun({ ...DEFAULT_CHOICES, method: "lora" }, FULL_CATALOG)?.estimate.peakBytes;
    expect(step?.points[step.peak]?.bytes).toBe(peakBytes);
    expect(Math.max(...(step?.points ?? []).map(({ bytes }) => bytes))).toBe(peakBytes);
    expect(step?.alive?.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(peakBytes);
    expect(step?.layers).toBe(32);
  });

  it("has no list of tensors where nobody asks, and is data that another thread can have", () => {
    const step = told({}, false);
    expect(step?.alive).toBeNull();
    expect(structuredClone(step)).toEqual(step);
  });

  it("is none where the figures come from no step, or no method is shown", () => {
    expect(told({ stack: "article" }, true)).toBeNull();
    expect(told({ show: [] }, true)).toBeNull();
  });
});
