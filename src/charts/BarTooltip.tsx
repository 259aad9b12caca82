import type { ReactElement } from "react";
import { formatBytes, formatGib } from "#format/bytes.ts";
import { TERM_STYLE } from "./term-style.ts";
import { formulaNames, formulaNumbers } from "#format/formula-text.ts";
import type { Lane } from "./memory-bars.ts";
import type { Segment } from "./segments.ts";
import { sharePercent } from "./spoken.ts";
import styles from "./BarTooltip.module.css";

const WIDTH = 240;
const GAP = 6;
/** The box grows with its text inside this room, which catches no pointer. */
const ROOM = 260;

/** The segment looked at, and where it stands. */
export type BarTooltipProps = Readonly<{ segment: Segment; lane: Lane; barHeight: number; width: number }>;

/** Bytes, share and formula of one segment: 240 px wide, under its bar and never over it. */
export const BarTooltip = ({ segment, lane, barHeight, width }: BarTooltipProps): ReactElement => {
  const { term } = segment;
  const middle = segment.x + Math.min(segment.width, lane.endX - segment.x) / 2;
  const x = Math.max(0, Math.min(middle - WIDTH / 2, width - WIDTH));
  return (
    <foreignObject
      className={styles.room}
      x={x}
      y={lane.y + barHeight + GAP}
      width={WIDTH}
      height={ROOM}
      aria-hidden="true"
    >
      <div className={styles.box}>
        <p className={styles.title}>
          {TERM_STYLE[term.id].label}
          <span className={styles.method}>{lane.bar.name}</span>
        </p>
        <p className={styles.figures}>
          <strong>{formatGib(term.bytes)} GiB</strong> · {sharePercent(term, lane.bar)}
        </p>
        <p className={styles.formula}>= {formulaNames(term.formula)}</p>
        <p className={styles.formula}>= {formulaNumbers(term.formula)}</p>
        <p className={styles.formula}>= {formatBytes(term.bytes)}</p>
        <p className={styles.hint}>Enter shows how it is computed</p>
      </div>
    </foreignObject>
  );
};
