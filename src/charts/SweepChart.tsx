// Line chart of memory over one setting, with GPU capacities as lines.

import { memo, type ReactElement } from "react";
import { CartesianGrid, Line, LineChart, ReferenceDot, ReferenceLine, XAxis, YAxis } from "recharts";
import { ChartFrame, TICK } from "./ChartFrame.tsx";
import type { SweepPicture } from "./sweep-series.ts";
import styles from "./TimelineChart.module.css";

const MARGIN = { top: 16, right: 16, bottom: 4, left: 0 } as const;

/** How the first and the second curve are told apart: solid ink, dashed grey. */
export const SWEEP_STROKES = [
  { stroke: "var(--ink)", strokeDasharray: "0" },
  { stroke: "var(--ink-2)", strokeDasharray: "6 4" },
] as const;

type SweepChartProps = Readonly<{
  picture: SweepPicture;
  count: number;
  height: number;
  formatX: (x: number) => string;
}>;

/** Memory over one setting on a log axis, with the cards' capacities as lines and a dot where a curve crosses one. */
export const SweepChart = memo(({ picture, count, height, formatX }: SweepChartProps): ReactElement => (
  <ChartFrame height={height}>
    <LineChart data={[...picture.rows]} margin={MARGIN} accessibilityLayer={false}>
      <CartesianGrid stroke="var(--line)" vertical={false} syncWithTicks />
      <XAxis
        type="number"
        dataKey="x"
        scale="log"
        domain={["dataMin", "dataMax"]}
        ticks={[...picture.xTicks]}
        tickFormatter={formatX}
        tick={TICK}
        stroke="var(--line-strong)"
      />
      <YAxis
        domain={[0, picture.endGib]}
        ticks={[...picture.ticks]}
        interval={0}
        allowDataOverflow
        tick={TICK}
        tickLine={false}
        axisLine={false}
        width={40}
      />
      {picture.lines.map(({ label, gib, chosen }) => (
        <ReferenceLine
          key={label}
          y={gib}
          stroke={chosen ? "var(--ink)" : "var(--line-strong)"}
          strokeWidth={chosen ? 2 : 1}
          {...(chosen ? {} : { strokeDasharray: "3 3" })}
          label={{
            value: label,
            position: "insideBottomLeft",
            className: styles.lineLabel ?? "",
            fill: chosen ? "var(--ink)" : "var(--ink-2)",
            fontSize: 12,
          }}
        />
      ))}
      {SWEEP_STROKES.slice(0, count).map((stroke, index) => (
        <Line
          key={stroke.stroke}
          dataKey={`s${index}`}
          type="linear"
          strokeWidth={2}
          dot={false}
          activeDot={false}
          isAnimationActive={false}
          {...stroke}
        />
      ))}
      {picture.dots.map(({ x, gib, chosen, series }) => (
        <ReferenceDot
          key={`${series} ${gib}`}
          x={x}
          y={gib}
          r={chosen ? 4 : 3}
          fill={SWEEP_STROKES[series]?.stroke ?? "var(--ink)"}
          stroke="var(--surface)"
          {...(chosen
            ? {
                label: {
                  value: formatX(x),
                  position: series === 0 ? "top" : "bottom",
                  fill: "var(--ink)",
                  fontSize: 12,
                  fontWeight: 600,
                },
              }
            : {})}
        />
      ))}
    </LineChart>
  </ChartFrame>
));
