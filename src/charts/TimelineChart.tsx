import { memo, type ReactElement } from "react";
import { CartesianGrid, Line, LineChart, XAxis, YAxis } from "recharts";
import { GIB } from "#calc/base/quantity.ts";
import { Drawing } from "./Drawing.tsx";
import { type TimelineCapacity, TimelineAreas } from "./TimelineAreas.tsx";
import { PLOT } from "./timeline-plot.ts";
import type { SeriesPoint, TimelineSeries } from "./timeline-series.ts";

const TICK = { fill: "var(--ink-2)", fontSize: 11 } as const;

const totalGib = ({ totalBytes }: SeriesPoint): number => totalBytes / GIB;

type TimelineChartProps = Readonly<{ series: TimelineSeries; capacity: TimelineCapacity; height: number }>;

/**
 * Memory through one training step as stacked areas against the chosen card. The areas are paths of our own inside Recharts' axes, because
 * Recharts pays for every point of every registered area.
 */
export const TimelineChart = memo(({ series, capacity, height }: TimelineChartProps): ReactElement => (
  <Drawing height={height}>
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
  </Drawing>
));
