import type { TimelinePoint } from "./timeline-point.ts";

/** The highest point of a timeline; the first of several. */
export const peakOf = (points: readonly TimelinePoint[]): TimelinePoint =>
  points.reduce((top, point) => (point.bytes > top.bytes ? point : top));
