import type { ReactElement } from "react";
import type { MeasuredMark } from "./measured-mark.ts";
import styles from "./MemoryBars.module.css";

/** What was measured, on the bar that predicts it; the bar's own words say it too. */
export const BarMark = ({ mark }: Readonly<{ mark: MeasuredMark }>): ReactElement => {
  const { x, stem, diamondY, label, title, look } = mark;
  const stemPath = `M${x},${stem[0]}V${stem[1]}`;
  return (
    <g aria-hidden="true" data-look={look}>
      <title>{title}</title>
      <path className={styles.markHalo} d={stemPath} />
      <path className={styles.markStem} d={stemPath} />
      <path className={styles.markHead} d={`M${x},${diamondY - 5}l5,5l-5,5l-5,-5z`} />
      {label !== null && (
        <text className={styles.markLabel} x={label.x} y={diamondY + 4} textAnchor={label.anchor}>
          {label.text}
        </text>
      )}
    </g>
  );
};
