import { GIB } from "#calc/base/quantity.ts";
import type { SeriesPoint } from "./timeline-series.ts";

/** From fractions of the axis and GiB to px. */
export type Scales = Readonly<{ x: (fraction: number) => number; y: (gib: number) => number }>;

/** A tenth of a pixel. */
const px = (value: number): string => String(Math.round(value * 10) / 10);

const topOf = ({ terms }: SeriesPoint, term: number): number => terms[term]?.topGib ?? 0;

/** Where a point is drawn: at one place of the axis or, level, from one to another. */
const corners = ({ fromX, toX }: SeriesPoint, gib: number, { x, y }: Scales): readonly string[] => {
  const height = px(y(gib));
  return (fromX === toX ? [toX] : [fromX, toX]).map((at) => `${px(x(at))},${height}`);
};

/** The upper edge of a term (by its index in the stack; −1: the zero line), from left to right. */
const topLine = (points: readonly SeriesPoint[], term: number, scales: Scales): readonly string[] =>
  points.flatMap((point) => corners(point, topOf(point, term), scales));

/** The area between the upper edges of two terms: from −1 to the last it is that of all. */
export const areaPath = (
  points: readonly SeriesPoint[],
  { lower, upper }: Readonly<{ lower: number; upper: number }>,
  scales: Scales,
): string => `M${topLine(points, upper, scales).join("L")}L${topLine(points, lower, scales).toReversed().join("L")}Z`;

const allOf = ({ totalBytes }: SeriesPoint): number => totalBytes / GIB;

const seenOf = ({ seenBytes }: SeriesPoint): number => (seenBytes ?? 0) / GIB;

/** The outline of what is seen: on its left and right end it stands on the areas. */
export const seenPath = (points: readonly SeriesPoint[], scales: Scales): string => {
  const [first, last] = [points.at(0), points.at(-1)];
  if (first === undefined || last === undefined) return "";
  const begin = corners(first, allOf(first), scales).at(0) ?? "";
  const end = corners(last, allOf(last), scales).at(-1) ?? "";
  return `M${[begin, ...points.flatMap((point) => corners(point, seenOf(point), scales)), end].join("L")}`;
};

/** A term thinner than this, px, has no edge: it would be all edge. */
const THINNEST = 0.5;

/** The upper edge of a term as a path, where the term is to be seen, and on to the points beside that. */
export const edgePath = (points: readonly SeriesPoint[], term: number, scales: Scales): string => {
  const isSeen = (point: SeriesPoint | undefined): boolean =>
    point !== undefined && scales.y(topOf(point, term - 1)) - scales.y(topOf(point, term)) >= THINNEST;
  let path = "";
  let isDrawing = false;
  points.forEach((point, index) => {
    const isDrawn = isSeen(point) || isSeen(points[index - 1]) || isSeen(points[index + 1]);
    if (isDrawn) path += `${isDrawing ? "L" : "M"}${corners(point, topOf(point, term), scales).join("L")}`;
    isDrawing = isDrawn;
  });
  return path;
};
