import type { ReactElement } from "react";
import styles from "./MemoryBars.module.css";

/** Half of the end tick. */
const TICK = 8;

/** What PyTorch may take while there is room: only seen, so a line and no bar; the bar's own words say it too. */
export const BarSeen = ({ from, to, y }: Readonly<{ from: number; to: number; y: number }>): ReactElement => (
  <path className={styles.seen} aria-hidden="true" d={`M${from},${y}H${to}M${to},${y - TICK}v${2 * TICK}`} />
);
