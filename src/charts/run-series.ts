import { type PerTerm, totalOf } from "#calc/model/term.ts";
import { axisTicks } from "./axis.ts";
import type { SeriesPhase } from "./timeline-phases.ts";
import { type TimelineSeries, timelineEnd, timelineTerms } from "./timeline-series.ts";

/** A point of a run, in a part of it. */
type Point = Readonly<{ part: string; name: string; terms: PerTerm<number> }>;

type RunFrame = Readonly<{
  /** Which point is the highest. */
  peak: number;
  frameworkBytes: number;
  capacityBytes: number;
  /** What each part is called on the axis. */
  labelOf: (part: string) => string;
}>;

/** A part with one point is so wide, and each further point makes it wider by so much. */
const FIRST = 1;
const FURTHER = 0.4;
/** A point is level over the middle of its stretch; what comes between two slopes. */
const SLOPE = 0.1;
/** Room for the labels of the value axis, as `axisTicks` counts it: about six of them. */
const TICK_ROOM = 420;

type Stretch = Readonly<{ part: string; points: number; fromX: number; toX: number }>;

/** Where each part lies: as wide as its points ask for, in fractions of the axis. */
const stretches = (points: readonly Point[]): readonly Stretch[] => {
  const counts = new Map<string, number>();
  for (const { part } of points) counts.set(part, (counts.get(part) ?? 0) + 1);
  const widths = [...counts].map(([part, count]) => ({ part, points: count, width: FIRST + FURTHER * (count - 1) }));
  const all = widths.reduce((sum, { width }) => sum + width, 0);
  let from = 0;
  return widths.map(({ part, points: count, width }) => {
    const fromX = from / all;
    from += width;
    return { part, points: count, fromX, toX: from / all };
  });
};

/** A run on the card: its parts in order, each point level at its highest. The framework's share is drawn everywhere as large as at the peak. */
export const runSeries = (points: readonly Point[], frame: RunFrame): TimelineSeries => {
  const { peak, frameworkBytes, capacityBytes, labelOf } = frame;
  const parts = stretches(points);
  const seenOf = new Map<string, number>();
  const endGib = timelineEnd(Math.max(capacityBytes, ...points.map(({ terms }) => totalOf(terms) + frameworkBytes)));
  return {
    points: points.map(({ part, name, terms }) => {
      const stretch = parts.find((each) => each.part === part) ?? { fromX: 0, toX: 1, points: 1 };
      const index = seenOf.get(part) ?? 0;
      seenOf.set(part, index + 1);
      const width = (stretch.toX - stretch.fromX) / stretch.points;
      const x = stretch.fromX + index * width;
      return {
        name: `${labelOf(part)}: ${name}`,
        fromX: x + SLOPE * width,
        toX: x + (1 - SLOPE) * width,
        totalBytes: totalOf(terms) + frameworkBytes,
        seenBytes: null,
        terms: timelineTerms(terms, frameworkBytes),
      };
    }),
    phases: parts.map(({ part, fromX, toX }): SeriesPhase => ({ label: labelOf(part), hint: "", fromX, toX })),
    peak,
    endGib,
    ticks: axisTicks(endGib, TICK_ROOM),
  };
};
