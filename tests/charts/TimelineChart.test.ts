import { expect, test } from "vitest";
import { clearBaseline, areaPath, edgePath, seenPath } from "#charts/TimelineChart.tsx";
import { GIB } from "#calc/base/bytes.ts";
import { type SeriesPoint, plotFraction } from "#charts/timeline-series.ts";

test("words stand where they are asked to, unless a line goes through their letters or close by", () => {
  const at = (lineY: number): number => clearBaseline([92, 50], [lineY]);
  expect([79, 80, 88, 96, 97].map(at)).toEqual([92, 50, 50, 50, 92]);
  expect(clearBaseline([92, 50], [])).toBe(92);
});

test("of several places they have the first that all lines leave free; the first of all where none is", () => {
  expect(clearBaseline([92, 80, 60], [90, 75])).toBe(60);
  expect(clearBaseline([92, 80], [90, 75])).toBe(92);
});

const point = (fromX: number, toX: number, tops: readonly number[]): SeriesPoint => ({
  name: "",
  fromX,
  toX,
  totalBytes: 0,
  seenBytes: null,
  terms: tops.map((topGib) => ({ id: "weights" as const, bytes: 0, topGib })),
});

const SCALES = { x: (fraction: number) => 100 * fraction, y: (gib: number) => 50 - 10 * gib };
const POINTS = [point(0, 0, [1, 1]), point(0.25, 0.75, [1, 3]), point(1, 1, [1, 1])];

test("an area lies between its upper edge and that of the term under it, level where a point is", () => {
  expect(areaPath(POINTS, { lower: 0, upper: 1 }, SCALES)).toBe("M0,40L25,20L75,20L100,40L100,40L75,40L25,40L0,40Z");
});

test("the area of all terms stands on the zero line", () => {
  expect(areaPath(POINTS, { lower: -1, upper: 1 }, SCALES)).toBe("M0,40L25,20L75,20L100,40L100,50L75,50L25,50L0,50Z");
});

test("what is seen is outlined: level where a point is, and down to the areas at both ends", () => {
  const seen = (index: number, total: number, gib: number): SeriesPoint => ({
    ...(POINTS[index] ?? point(0, 0, [])),
    totalBytes: total * GIB,
    seenBytes: gib * GIB,
  });
  expect(seenPath([seen(0, 1, 2), seen(1, 3, 4), seen(2, 1.5, 4)], SCALES)).toBe(
    "M0,40L0,30L25,10L75,10L100,10L100,35",
  );
  expect(seenPath([], SCALES)).toBe("");
});

test("a term has an edge where it is seen and up to the points beside that, and none where it is not", () => {
  expect(edgePath(POINTS, 1, SCALES)).toBe("M0,40L25,20L75,20L100,40");
  const flat = [point(0, 0, [1, 1]), point(0.5, 0.5, [1, 1]), ...POINTS.slice(1)];
  expect(edgePath(flat, 1, SCALES)).toBe("M50,40L25,20L75,20L100,40");
  expect(edgePath([point(0, 0, [1, 1]), point(1, 1, [1, 1])], 1, SCALES)).toBe("");
});

test("a part of half a pixel has an edge, a thinner one has none; pixels are said in tenths", () => {
  const thin = (gib: number): readonly SeriesPoint[] => [point(0, 0, [1, 1 + gib]), point(1, 1, [1, 1 + gib])];
  expect(edgePath(thin(0.05), 1, { ...SCALES, y: (gib) => -10 * gib })).toBe("M0,-10.5L100,-10.5");
  expect(edgePath(thin(0.04), 1, SCALES)).toBe("");
  expect(edgePath([point(0, 0, [1, 1 / 3 + 1])], 1, SCALES)).toBe("M0,36.7");
});

test("the lowest part stands on the zero line", () => {
  expect(areaPath(POINTS, { lower: -1, upper: 0 }, SCALES)).toBe("M0,40L25,40L75,40L100,40L100,50L75,50L25,50L0,50Z");
  expect(edgePath([point(0, 0, [0.04]), point(1, 1, [0.04])], 0, SCALES)).toBe("");
});

test("a box without room has a plot of a pixel", () => {
  expect(plotFraction(40.5, { left: 0, width: 10 })).toBe(0.5);
});

test("a place of the window is a fraction of the plot, its sides left out", () => {
  const box = { left: 100, width: 244 };
  expect(plotFraction(140, box)).toBe(0);
  expect(plotFraction(240, box)).toBe(0.5);
  expect(plotFraction(10, box)).toBe(0);
  expect(plotFraction(900, box)).toBe(1);
});
