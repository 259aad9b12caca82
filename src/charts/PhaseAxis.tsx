import type { CSSProperties, ReactElement } from "react";
import type { SeriesPhase } from "./timeline-phases.ts";
import styles from "./PhaseAxis.module.css";

/** The phases of a step under the plot, each as wide as it is drawn. */
export const PhaseAxis = ({ phases }: Readonly<{ phases: readonly SeriesPhase[] }>): ReactElement => (
  <div className={styles.axis} aria-hidden="true">
    {phases.map(({ label, hint, fromX, toX }) => (
      <span key={label} className={styles.phase} style={{ "--share": toX - fromX } as CSSProperties}>
        {label}
        <span className={styles.hint}>{hint}</span>
      </span>
    ))}
  </div>
);
