import type { ReactElement } from "react";
import type { Lane } from "./memory-bars.ts";
import styles from "./MemoryBars.module.css";

type BarDeclaredProps = Readonly<{ declared: NonNullable<Lane["declared"]>; y: number; height: number }>;

/** What is declared and not counted: an outline without a fill, behind the bar's end. */
export const BarDeclared = ({ declared: { x, width, label }, y, height }: BarDeclaredProps): ReactElement => (
  <>
    <rect className={styles.declared} x={x + 1} y={y + 0.5} width={Math.max(0, width - 1.5)} height={height - 1} />
    {label !== null && (
      <text className={styles.declaredText} x={label.x} y={y + height / 2 + 4}>
        {label.text}
      </text>
    )}
  </>
);
