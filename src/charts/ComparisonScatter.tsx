// Scatter chart of predicted against measured memory on logarithmic axes.

import { memo, type MouseEvent, type ReactElement } from "react";
import { CartesianGrid, ReferenceLine, ResponsiveContainer, Scatter, ScatterChart, XAxis, YAxis } from "recharts";
import { formatCount } from "#format/numbers.ts";
import { TICK } from "./ChartFrame.tsx";
import styles from "./ComparisonScatter.module.css";

/** Outlines that differ without colour: circle, square, triangle; 8 px, around 0 0. */
export const MARKS = {
  circle: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
  square: "M-3.5 -3.5h7v7h-7z",
  triangle: "M0 -4.5L4.5 3.5h-9z",
} as const;

/** The name of an outline. */
export type MarkId = keyof typeof MARKS;

/** The round numbers of a decade. */
const ROUND = [1, 2, 5] as const;

const roundBelow = (value: number): number => {
  const decade = 10 ** Math.floor(Math.log10(value));
  return decade * (ROUND.findLast((step) => step * decade <= value * (1 + Number.EPSILON)) ?? 1);
};

const roundAfter = (value: number): number => {
  const decade = 10 ** Math.floor(Math.log10(value));
  const next = ROUND.find((step) => step * decade > value * (1 + 1e-9));
  return next === undefined ? 10 * decade : next * decade;
};

/** The ticks of a log axis that holds all values: 1, 2 or 5 times a power of ten, from below the least to above the greatest; 1 and 10 of none. @internal */
export const logTicks = (values: readonly number[]): readonly number[] => {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return [1, 10];
  const most = Math.max(...positive);
  const ticks = [roundBelow(Math.min(...positive))];
  for (let last = ticks[0] ?? 1; last < most; last = ticks.at(-1) ?? most) ticks.push(roundAfter(last));
  return ticks.length > 1 ? ticks : [ticks[0] ?? 1, roundAfter(ticks[0] ?? 1)];
};

/** One thing that was measured and predicted, both in the same unit, and where its details are. */
type ComparisonPoint = Readonly<{
  id: string;
  label: string;
  measured: number;
  predicted: number;
  mark: MarkId;
  href: string;
}>;

/** The point that is looked at, and where it lies in the chart, px. */
export type PointAt = Readonly<{ id: string; x: number; y: number }>;

type Drawn = Readonly<{ cx?: number | undefined; cy?: number | undefined; payload?: ComparisonPoint }>;

type ComparisonScatterProps = Readonly<{
  points: readonly ComparisonPoint[];
  height: number;
  onLook: (at: PointAt) => void;
  /** A point is pressed; a finger only looks, which is said by `defaultPrevented`. */
  onOpen: (event: MouseEvent, id: string) => void;
}>;

const LABEL = { fill: "var(--ink-2)", fontSize: 12 } as const;
const MARGIN = { top: 8, right: 16, bottom: 20, left: 0 } as const;

/** A finger has no way to look first: it is shown the point, and finds the link there. */
const isTouch = ({ nativeEvent }: MouseEvent): boolean =>
  nativeEvent instanceof PointerEvent && nativeEvent.pointerType === "touch";

/**
 * Predicted against measured on log axes, with the diagonal where both are the same: what lies above it is predicted too high. A point is a link.
 * Colour says nothing here; the outline says what kind of thing it is. The same numbers and links stand in a table, so that this is a picture only.
 */
export const ComparisonScatter = memo(({ points, height, onLook, onOpen }: ComparisonScatterProps): ReactElement => {
  const ticks = [...logTicks(points.flatMap(({ measured, predicted }) => [measured, predicted]))];
  const [low = 1, high = 10] = [ticks[0], ticks.at(-1)];
  const point = ({ cx = 0, cy = 0, payload }: Drawn): ReactElement => {
    if (payload === undefined) return <g />;
    const look = (): void => onLook({ id: payload.id, x: cx, y: cy });
    return (
      <a
        href={payload.href}
        aria-label={payload.label}
        tabIndex={-1}
        onPointerEnter={look}
        onClick={(event) => {
          if (isTouch(event)) event.preventDefault();
          onOpen(event, payload.id);
        }}
      >
        <path className={styles.point} d={MARKS[payload.mark]} transform={`translate(${cx} ${cy})`} />
      </a>
    );
  };
  const axis = {
    type: "number",
    scale: "log",
    domain: [low, high],
    ticks,
    interval: 0,
    tick: TICK,
    tickFormatter: (gib: number) => (gib < 1 ? `${gib}` : formatCount(gib)),
    tickLine: false,
    axisLine: { stroke: "var(--line-strong)" },
  } as const;
  return (
    <div className={styles.chart} aria-hidden="true">
      <ResponsiveContainer width="100%" height={height}>
        <ScatterChart margin={MARGIN} accessibilityLayer={false}>
          <CartesianGrid stroke="var(--line)" syncWithTicks />
          <XAxis
            {...axis}
            dataKey="measured"
            label={{ value: "Measured, GiB", position: "bottom", offset: 2, ...LABEL }}
          />
          <YAxis
            {...axis}
            dataKey="predicted"
            width={48}
            label={{ value: "Predicted, GiB", angle: -90, position: "insideLeft", offset: 8, ...LABEL }}
          />
          <ReferenceLine
            segment={[
              { x: low, y: low },
              { x: high, y: high },
            ]}
            stroke="var(--ink-3)"
          />
          <Scatter data={[...points]} isAnimationActive={false} shape={point} />
        </ScatterChart>
      </ResponsiveContainer>
    </div>
  );
});
