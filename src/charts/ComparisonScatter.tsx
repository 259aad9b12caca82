import { memo, type MouseEvent, type ReactElement } from "react";
import { CartesianGrid, ReferenceLine, ResponsiveContainer, Scatter, ScatterChart, XAxis, YAxis } from "recharts";
import { formatCount } from "#format/count.ts";
import { MARKS, type MarkId } from "./mark.ts";
import styles from "./ComparisonScatter.module.css";
import { logTicks } from "./log-axis.ts";

/** One thing that was measured and predicted, both in the same unit, and where its details are. */
export type ComparisonPoint = Readonly<{
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

const TICK = { fill: "var(--ink-2)", fontSize: 11 } as const;
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
