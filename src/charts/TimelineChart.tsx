// Area chart of memory over a step or a run, with its phase axis and point picker.

import { GIB } from "#calc/base/bytes.ts";
import {
  type SeriesPoint,
  TIMELINE_STACK,
  type TimelineSeries,
  PLOT,
  type SeriesPhase,
  plotFraction,
} from "./timeline-series.ts";
import { type ReactElement, useId, memo, type CSSProperties, type PointerEvent, type ReactNode, useRef } from "react";
import {
  DefaultZIndexes,
  usePlotArea,
  useYAxisScale,
  ZIndexLayer,
  CartesianGrid,
  Line,
  LineChart,
  XAxis,
  YAxis,
} from "recharts";
import { formatGib } from "#format/bytes.ts";
import { TERM_STYLE } from "./term-style.tsx";
import { textWidth } from "#format/svg.ts";
import styles from "./TimelineChart.module.css";
import { ChartFrame, TICK } from "./ChartFrame.tsx";

/** How far letters of 12 px reach above and below their baseline, with a little room. */
const ASCENT = 13;
const DESCENT = 5;

const goesThrough = (baseline: number, lineY: number): boolean =>
  baseline - ASCENT < lineY && lineY < baseline + DESCENT;

/**
 * Where words of 12 px stand in a chart, in px from the top: the first of some baselines where no level line goes through them; the first of all where there is
 * none.
 * @internal
 */
export const clearBaseline = ([first, ...others]: readonly [number, ...number[]], linesY: readonly number[]): number =>
  [first, ...others].find((baseline) => !linesY.some((lineY) => goesThrough(baseline, lineY))) ?? first;

/** From fractions of the axis and GiB to px. */
type Scales = Readonly<{ x: (fraction: number) => number; y: (gib: number) => number }>;

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

/** The area between the upper edges of two terms: from −1 to the last it is that of all. @internal */
export const areaPath = (
  points: readonly SeriesPoint[],
  { lower, upper }: Readonly<{ lower: number; upper: number }>,
  scales: Scales,
): string => `M${topLine(points, upper, scales).join("L")}L${topLine(points, lower, scales).toReversed().join("L")}Z`;

const totalGib = ({ totalBytes }: SeriesPoint): number => totalBytes / GIB;

const seenOf = ({ seenBytes }: SeriesPoint): number => (seenBytes ?? 0) / GIB;

/** The outline of what is seen: on its left and right end it stands on the areas. @internal */
export const seenPath = (points: readonly SeriesPoint[], scales: Scales): string => {
  const [first, last] = [points.at(0), points.at(-1)];
  if (first === undefined || last === undefined) return "";
  const begin = corners(first, totalGib(first), scales).at(0) ?? "";
  const end = corners(last, totalGib(last), scales).at(-1) ?? "";
  return `M${[begin, ...points.flatMap((point) => corners(point, seenOf(point), scales)), end].join("L")}`;
};

/** A term thinner than this, px, has no edge: it would be all edge. */
const THINNEST = 0.5;

/** The upper edge of a term as a path, where the term is to be seen, and on to the points beside that. @internal */
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

/** The chosen card, as the chart marks it. */
type TimelineCapacity = Readonly<{ label: string; bytes: number }>;

type Area = Readonly<{ x: number; y: number; width: number; height: number }>;
type TextAnchor = "start" | "middle" | "end";
type TimelineAreasDrawing = Readonly<{
  series: TimelineSeries;
  capacity: TimelineCapacity;
  area: Area;
  scales: Scales;
}>;

const LABEL_SIZE = 12;
/** Labels closer than this to one another, up and down, touch. */
const LABEL_ROOM = 18;

/** From a point or a line up to the baseline of its words, and from a line down to it. */
const ABOVE_POINT = 8;
const ABOVE_LINE = 6;
const UNDER_LINE = 15;

/** Edges a whole pixel wide would be all that is seen of narrower teeth. */
const NARROW = 4;

const Terms = ({ series: { points }, area, scales }: TimelineAreasDrawing): ReactElement => (
  <>
    {TIMELINE_STACK.map((id, index) => (
      <path key={id} d={areaPath(points, { lower: index - 1, upper: index }, scales)} fill={TERM_STYLE[id].fill} />
    ))}
    {TIMELINE_STACK.map((id, index) => {
      const { edge } = TERM_STYLE[id];
      return edge === null ? null : (
        <path
          key={id}
          className={styles.edge}
          d={edgePath(points, index, scales)}
          stroke={edge}
          strokeWidth={area.width / points.length < NARROW ? 0.5 : 1}
        />
      );
    })}
  </>
);

/** What lies above the capacity keeps its colours under a hatch. */
const Over = ({ series, capacity, area, scales }: TimelineAreasDrawing): ReactElement => {
  const [hatch, above] = [useId(), useId()];
  const line = scales.y(capacity.bytes / GIB);
  const all = areaPath(series.points, { lower: -1, upper: TIMELINE_STACK.length - 1 }, scales);
  return (
    <>
      <defs>
        <pattern id={hatch} width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect className={styles.hatch} width="2" height="8" />
        </pattern>
        <clipPath id={above}>
          <rect x={area.x} y={area.y} width={area.width} height={Math.max(0, line - area.y)} />
        </clipPath>
      </defs>
      <path d={all} fill={`url(#${hatch})`} clipPath={`url(#${above})`} />
    </>
  );
};

/** What PyTorch holds, in use or not: only seen, so an outline without fill. */
const Seen = ({ series: { points }, scales }: TimelineAreasDrawing): ReactElement | null =>
  points.some(({ seenBytes }) => seenBytes === null) ? null : (
    <path className={styles.seen} d={seenPath(points, scales)} />
  );

/** Where a label that is centred on a place stands so that it stays in the plot, whatever font it is set in. */
const within = (area: Area, x: number, width: number): Readonly<{ left: number; x: number; anchor: TextAnchor }> => {
  const [start, end] = [area.x + 2, area.x + area.width - 2];
  if (x - width / 2 < start) return { left: start, x: start, anchor: "start" };
  if (x + width / 2 > end) return { left: end - width, x: end, anchor: "end" };
  return { left: x - width / 2, x, anchor: "middle" };
};

/** Where the line of what is seen passes a point, if there is one. */
const seenY = (point: SeriesPoint | undefined, { y }: Scales): readonly number[] => {
  const seenBytes = point?.seenBytes ?? null;
  return seenBytes === null ? [] : [y(seenBytes / GIB)];
};

const Labels = ({ series, capacity, area, scales }: TimelineAreasDrawing): ReactElement | null => {
  const peak = series.points[series.peak];
  if (peak === undefined) return null;
  const line = scales.y(capacity.bytes / GIB);
  const middle = scales.x((peak.fromX + peak.toX) / 2);
  const y = scales.y(peak.totalBytes / GIB);
  const lines = [line, ...seenY(peak, scales)];
  const baseline = clearBaseline([y - ABOVE_POINT, ...lines.map((each) => each - ABOVE_LINE).toReversed()], lines);
  const lineBaseline = clearBaseline([line - ABOVE_LINE, line + UNDER_LINE], seenY(series.points[0], scales));
  const text = `Peak ${formatGib(peak.totalBytes)}, ${peak.name}`;
  const width = textWidth(text, LABEL_SIZE);
  const { left, x, anchor } = within(area, middle, width);
  const isOver = peak.totalBytes > capacity.bytes;
  const isNear = Math.abs(baseline - lineBaseline) < LABEL_ROOM;
  // The line's name stands at its left end, or at the right one where the flag of the peak is in its way.
  const isLeftFree = !isNear || left > area.x + textWidth(capacity.label, LABEL_SIZE) + LABEL_ROOM;
  return (
    <>
      <rect className={styles.line} x={area.x} y={line - 1} width={area.width} height={2} />
      <text
        className={styles.lineLabel}
        x={isLeftFree ? area.x + 4 : area.x + area.width - 4}
        y={lineBaseline}
        textAnchor={isLeftFree ? "start" : "end"}
      >
        {capacity.label}
      </text>
      <circle className={isOver ? styles.dotOver : styles.dot} cx={middle} cy={y} r={3.5} />
      <rect className={styles.plate} x={left - 2} y={baseline - 13} width={width + 4} height={15} />
      <text className={isOver ? styles.flagOver : styles.flag} x={x} y={baseline} textAnchor={anchor}>
        {text}
      </text>
    </>
  );
};

/** What the axes of Recharts frame: phases, stacked terms, the capacity line and the peak. */
const TimelineAreas = ({
  series,
  capacity,
}: Readonly<{ series: TimelineSeries; capacity: TimelineCapacity }>): ReactElement | null => {
  const area = usePlotArea();
  const y = useYAxisScale();
  if (area === undefined || y === undefined) return null;
  const scales: Scales = { x: (fraction) => area.x + fraction * area.width, y: (gib) => Number(y(gib)) };
  const drawing: TimelineAreasDrawing = { series, capacity, area, scales };
  return (
    <ZIndexLayer zIndex={DefaultZIndexes.line}>
      <Terms {...drawing} />
      <Over {...drawing} />
      {series.phases.slice(1).map(({ label, fromX }) => (
        <line
          key={label}
          className={styles.border}
          x1={scales.x(fromX)}
          x2={scales.x(fromX)}
          y1={area.y}
          y2={area.y + area.height}
        />
      ))}
      <Seen {...drawing} />
      <Labels {...drawing} />
    </ZIndexLayer>
  );
};

type TimelineChartProps = Readonly<{ series: TimelineSeries; capacity: TimelineCapacity; height: number }>;

/**
 * Memory through one training step as stacked areas against the chosen card. The areas are paths of our own inside Recharts' axes, because
 * Recharts pays for every point of every registered area.
 */
export const TimelineChart = memo(({ series, capacity, height }: TimelineChartProps): ReactElement => (
  <ChartFrame height={height}>
    <LineChart
      data={[...series.points]}
      margin={{ top: PLOT.top, right: PLOT.right, bottom: PLOT.bottom, left: 0 }}
      accessibilityLayer={false}
    >
      <CartesianGrid stroke="var(--line)" vertical={false} syncWithTicks />
      <XAxis type="number" dataKey="toX" domain={[0, 1]} hide />
      <YAxis
        domain={[0, series.endGib]}
        ticks={[...series.ticks]}
        interval={0}
        tick={TICK}
        tickLine={false}
        axisLine={false}
        width={PLOT.left}
      />
      {/* Never seen: an axis has a scale only where something is drawn on it. */}
      <Line dataKey={totalGib} stroke="none" dot={false} activeDot={false} isAnimationActive={false} />
      <TimelineAreas series={series} capacity={capacity} />
    </LineChart>
  </ChartFrame>
));

/** The line of what is seen on a card, as the chart of a step has it: as wide as a term's swatch. */
export const SeenSwatch = (): ReactElement => (
  <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
    <path d="M0,6H12" stroke="var(--line-strong)" strokeWidth="2" />
  </svg>
);

/** The phases of a step under the plot, each as wide as it is drawn. */
export const PhaseAxis = ({ phases }: Readonly<{ phases: readonly SeriesPhase[] }>): ReactElement => (
  <div className={styles.axis} aria-hidden="true">
    {phases.map(({ label, hint, fromX, toX }) => (
      <span key={label} className={styles.phase} style={{ "--share": toX - fromX } as CSSProperties}>
        {label}
        <span className={styles.hint}>{hint}</span>
      </span>
    ))}
  </div>
);

/** The point that is drawn nearest to a place of the axis. */
const nearest = (points: readonly SeriesPoint[], fraction: number): number => {
  const away = ({ fromX, toX }: SeriesPoint): number => Math.max(fromX - fraction, fraction - toX, 0);
  return points.reduce((best, point, index) => (away(point) < away(points[best] as SeriesPoint) ? index : best), 0);
};

const middle = (point: SeriesPoint | undefined): number => (point === undefined ? 0 : (point.fromX + point.toX) / 2);

type PointPickerProps = Readonly<{
  label: string;
  points: readonly SeriesPoint[];
  /** Which point is looked at, and whether somebody went there. */
  value: number;
  picked: boolean;
  /** The point in words, with its figures. */
  valueText: string;
  /** A point that pointer or keys went to; null when they left. */
  onPick: (index: number | null) => void;
  /** The chart. */
  children: ReactNode;
}>;

/** Lets pointer and keys go along the points of a chart: an unseen slider lies over it, so that keys and screen readers find what they know. */
export const PointPicker = (props: PointPickerProps): ReactElement => {
  const { label, points, value, picked, valueText, onPick, children } = props;
  // A pressed pointer would set the value by its index among equal steps; points are not equally far apart.
  const pressed = useRef(false);
  const follow = ({ clientX, currentTarget }: PointerEvent): void =>
    onPick(nearest(points, plotFraction(clientX, currentTarget.getBoundingClientRect())));
  const letGo = (): void => {
    pressed.current = false;
  };
  return (
    <div className={styles.picker}>
      {children}
      <div className={styles.cursor} hidden={!picked} style={{ "--at": middle(points[value]) } as CSSProperties} />
      <input
        className={styles.input}
        type="range"
        min={0}
        max={points.length - 1}
        value={value}
        aria-label={label}
        aria-valuetext={valueText}
        onChange={({ target }) => {
          if (!pressed.current) onPick(target.valueAsNumber);
        }}
        onPointerDown={(event) => {
          pressed.current = true;
          follow(event);
        }}
        onPointerUp={letGo}
        onPointerCancel={letGo}
        onPointerMove={follow}
        onPointerLeave={({ pointerType }) => {
          if (pointerType === "mouse") onPick(null);
        }}
        onBlur={() => onPick(null)}
      />
    </div>
  );
};
