import { describe, expect, test } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import { TIMELINE_STACK } from "#charts/timeline-series.ts";
import { EXPLAINED } from "../calc/step/explained-scenarios.ts";
import { drawn } from "./timeline-builders.ts";

describe.each(EXPLAINED)("The picture of %s", (_, asked) => {
  const { points, series, frameworkBytes } = drawn(asked, 23.55);

  test("has every point of the step, as high on the card as its bytes and the framework's share", () => {
    expect(series.points.map(({ totalBytes }) => totalBytes)).toEqual(
      points.map(({ bytes }) => bytes + frameworkBytes),
    );
    const highest = Math.max(...series.points.map(({ totalBytes }) => totalBytes));
    expect(series.points[series.peak]?.totalBytes).toBe(highest);
  });

  test("lays terms on each other from zero to the total, what stays at the bottom", () => {
    for (const { terms, totalBytes } of series.points) {
      expect(terms.map(({ id }) => id)).toEqual(TIMELINE_STACK);
      expect(terms.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(totalBytes);
      expect(terms.at(-1)?.topGib).toBeCloseTo(totalBytes / GIB, 9);
    }
  });

  test("goes from left to right, from one end of the axis to the other, without a step back", () => {
    let x = 0;
    for (const { fromX, toX } of series.points) {
      expect(fromX).toBeGreaterThanOrEqual(x - 1e-9);
      expect(toX).toBeGreaterThanOrEqual(fromX);
      x = toX;
    }
    expect(series.points[0]?.fromX).toBe(0);
    expect(x).toBeCloseTo(1, 9);
  });

  test("has phases that cover the axis, and every point in the phase that it is named after", () => {
    expect(series.phases[0]?.fromX).toBe(0);
    series.phases.forEach(({ toX }, index) => expect(series.phases[index + 1]?.fromX ?? 1).toBeCloseTo(toX, 9));
    for (const { name, fromX, toX } of series.points) {
      const middle = (fromX + toX) / 2;
      const phase = series.phases.find((each) => middle <= each.toX + 1e-9);
      if (name.startsWith("backward, ")) expect(phase?.label).toBe("Backward");
      if (name.startsWith("forward, layer")) expect(phase?.label).toBe("Forward");
      if (/^(loss|backward of the loss)/.test(name)) expect(phase?.label).toBe("Loss");
    }
  });

  test("gives no two points one name", () => {
    expect(new Set(series.points.map(({ name }) => name)).size).toBe(series.points.length);
  });
});

test("the axis leaves room above the highest point and the capacity line for what is written on them", () => {
  for (const [, asked] of EXPLAINED)
    for (const capacityGib of [8, 23.55, 79.2]) {
      const { series } = drawn(asked, capacityGib);
      const highest = Math.max(capacityGib, ...series.points.map(({ totalBytes }) => totalBytes / GIB));
      expect(series.endGib).toBeGreaterThan(1.1 * highest);
    }
});

test("what is seen is drawn where it is known, and the axis leaves room above it", () => {
  const [, asked] = EXPLAINED[0] ?? [];
  if (asked === undefined) throw new Error("there are scenarios");
  const { points, series } = drawn(asked, 8);
  for (const { seenBytes } of series.points) expect(seenBytes).toBeNull();
  const seen = points.map((_, index) => (60 + index) * GIB);
  const shown = drawn(asked, 8, seen).series;
  expect(shown.points.map(({ seenBytes }) => seenBytes)).toEqual(seen);
  expect(shown.endGib).toBeGreaterThan(1.1 * (59 + points.length));
});

test("only a checkpointed backward runs the layers again", () => {
  for (const [, asked] of EXPLAINED) {
    const hint = drawn(asked, 24).series.phases.find(({ label }) => label === "Backward")?.hint;
    expect(hint?.includes("recomputed")).toBe(asked.gradient_checkpointing);
  }
});
