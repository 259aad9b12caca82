import type { ReactElement } from "react";
import type { ChosenLine, OtherLine } from "./gpu-lines.ts";
import styles from "./MemoryBars.module.css";

const LABEL_BASELINE = 14;
const LANE_HEIGHT = 20;

/** Other cards: dashed lines behind the bars, each with its label on it. */
export const OtherGpuLines = ({
  lines,
  foot,
}: Readonly<{ lines: readonly OtherLine[]; foot: number }>): ReactElement => (
  <g aria-hidden="true">
    {lines.map(({ label, lineX, labelX }) => (
      <g key={`${label} ${lineX}`}>
        <path className={styles.otherLine} d={`M${lineX},${LANE_HEIGHT + 2}V${foot}`} />
        <text className={styles.otherLabel} x={labelX} y={LABEL_BASELINE}>
          {label}
        </text>
      </g>
    ))}
  </g>
);

/** The chosen card: a 2 px line in front of the bars, and its flag. */
export const ChosenGpuLine = ({ line, foot }: Readonly<{ line: ChosenLine; foot: number }>): ReactElement => (
  <g className={styles.untouchable} aria-hidden="true">
    <rect className={styles.chosenLine} x={line.lineX - 1} y={0} width={2} height={foot} />
    <rect
      className={styles.flag}
      x={line.x - (line.opensLeft ? -1 : 1)}
      y={0}
      width={line.width}
      height={LANE_HEIGHT}
      rx={4}
    />
    <text className={styles.flagText} x={line.x + line.width / 2} y={LABEL_BASELINE}>
      {line.label}
    </text>
  </g>
);
