import type { ReactElement } from "react";
import styles from "./SliderEnds.module.css";

/** The words under a slider's two ends. */
export const SliderEnds = ({ ends }: Readonly<{ ends: readonly [first: string, last: string] }>): ReactElement => (
  <div className={styles.ends} aria-hidden="true">
    <span>{ends[0]}</span>
    <span>{ends[1]}</span>
  </div>
);
