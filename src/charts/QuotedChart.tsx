// Grouped bar chart of figures quoted from the article.

import { memo, type ReactElement } from "react";
import { Bar, BarChart, CartesianGrid, LabelList, XAxis, YAxis } from "recharts";
import { ChartFrame, TICK } from "./ChartFrame.tsx";

const MARGIN = { top: 16, right: 4, bottom: 4, left: 0 } as const;
/** Ink for what is compared: no hue, since hue means a term. */
const FILLS = ["var(--ink)", "var(--ink-2)", "var(--ink-3)", "var(--line-strong)", "var(--surface)"] as const;

/** Bars in groups: a label a group, a value for each name; null where nothing was measured. */
export type QuotedGroup = Readonly<{ label: string; values: readonly (number | null)[] }>;

const oneDecimal = (value: unknown): string => (typeof value === "number" ? value.toFixed(1) : "");

type QuotedChartProps = Readonly<{ names: readonly string[]; groups: readonly QuotedGroup[]; height: number }>;

/** Quoted figures as grouped bars, each with its number. */
export const QuotedChart = memo(({ names, groups, height }: QuotedChartProps): ReactElement => (
  <ChartFrame height={height}>
    <BarChart
      data={groups.map(({ label, values }) => ({
        label,
        ...Object.fromEntries(values.map((value, index) => [`v${index}`, value])),
      }))}
      margin={MARGIN}
      accessibilityLayer={false}
    >
      <CartesianGrid stroke="var(--line)" vertical={false} />
      <XAxis dataKey="label" tick={TICK} stroke="var(--line-strong)" interval={0} />
      <YAxis tick={TICK} tickLine={false} axisLine={false} width={32} />
      {names.map((name, index) => (
        <Bar
          key={name}
          dataKey={`v${index}`}
          fill={FILLS[index] ?? "var(--surface)"}
          stroke="var(--ink-3)"
          isAnimationActive={false}
        >
          <LabelList dataKey={`v${index}`} formatter={oneDecimal} position="top" fill="var(--ink-2)" fontSize={10} />
        </Bar>
      ))}
    </BarChart>
  </ChartFrame>
));
