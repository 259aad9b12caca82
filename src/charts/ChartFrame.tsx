// Frame around a Recharts chart that is hidden from keyboard and screen reader.

import type { ReactElement } from "react";
import { ResponsiveContainer } from "recharts";
import styles from "./TimelineChart.module.css";

/** The style of the labels on an axis. */
export const TICK = { fill: "var(--ink-2)", fontSize: 11 } as const;

/**
 * A chart that is a picture alone: its numbers stand beside it in words or in a table. Inert, because React listens for the focus on each layer of
 * Recharts, and what is listened to so is a tab stop in Chrome.
 */
export const ChartFrame = ({
  height,
  children,
}: Readonly<{ height: number; children: ReactElement }>): ReactElement => (
  <div className={styles.chart} aria-hidden="true" inert>
    <ResponsiveContainer width="100%" height={height}>
      {children}
    </ResponsiveContainer>
  </div>
);
