import { expect, test } from "vitest";
import { clearBaseline } from "#charts/TimelineChart.tsx";

test("words stand where they are asked to, unless a line goes through their letters or close by", () => {
  const at = (lineY: number): number => clearBaseline([92, 50], [lineY]);
  expect([79, 80, 88, 96, 97].map(at)).toEqual([92, 50, 50, 50, 92]);
  expect(clearBaseline([92, 50], [])).toBe(92);
});

test("of several places they have the first that all lines leave free; the first of all where none is", () => {
  expect(clearBaseline([92, 80, 60], [90, 75])).toBe(60);
  expect(clearBaseline([92, 80], [90, 75])).toBe(92);
});
