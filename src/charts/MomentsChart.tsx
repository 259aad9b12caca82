import { type ReactElement, useId } from "react";
import {
  Bar,
  BarChart,
  DefaultZIndexes,
  ResponsiveContainer,
  usePlotArea,
  useYAxisScale,
  XAxis,
  YAxis,
  ZIndexLayer,
} from "recharts";
import { GIB } from "#calc/quantity.ts";
import { MomentBarShape, type MomentShapeProps } from "./MomentBarShape.tsx";
import type { MomentsSeries } from "./moments-series.ts";
import styles from "./MomentsChart.module.css";

/** The chosen card, as the chart marks it. */
export type MomentsCapacity = Readonly<{ label: string; bytes: number }>;

const TICK = { fill: "var(--ink-2)", fontSize: 11 } as const;

const CapacityLine = ({ capacity }: Readonly<{ capacity: MomentsCapacity }>): ReactElement | null => {
  const area = usePlotArea();
  const y = useYAxisScale()?.(capacity.bytes / GIB);
  if (area === undefined || y === undefined) return null;
  return (
    <ZIndexLayer zIndex={DefaultZIndexes.line}>
      <rect className={styles.line} x={area.x} y={y - 1} width={area.width} height={2} />
      <text className={styles.lineLabel} x={area.x + 4} y={y - 6}>
        {capacity.label}
      </text>
    </ZIndexLayer>
  );
};

type MomentsChartProps = Readonly<{ series: MomentsSeries; capacity: MomentsCapacity; height: number }>;

/**
 * The highest memory of each phase of one training step, as stacked bars against the chosen card. One `Bar` with a shape of its own, because
 * Recharts pays for every registered item, not for what a shape draws.
 */
export const MomentsChart = ({ series, capacity, height }: MomentsChartProps): ReactElement => {
  const hatchId = useId();
  const shape = (props: unknown): ReactElement => (
    <MomentBarShape {...(props as MomentShapeProps)} capacityGib={capacity.bytes / GIB} hatchId={hatchId} />
  );
  return (
    <div className={styles.chart} aria-hidden="true">
      <ResponsiveContainer width="100%" height={height}>
        <BarChart
          data={[...series.bars]}
          margin={{ top: 8, right: 4, bottom: 0, left: 0 }}
          barCategoryGap="12%"
          accessibilityLayer={false}
        >
          <defs>
            <pattern id={hatchId} width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect className={styles.hatch} width="2" height="8" />
            </pattern>
          </defs>
          <XAxis
            dataKey="label"
            tick={TICK}
            tickLine={false}
            axisLine={{ stroke: "var(--line-strong)" }}
            interval={0}
          />
          <YAxis
            domain={[0, series.endGib]}
            ticks={[...series.ticks]}
            tick={TICK}
            tickLine={false}
            axisLine={false}
            width={36}
          />
          <Bar dataKey="totalGib" isAnimationActive={false} shape={shape} />
          <CapacityLine capacity={capacity} />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
};
