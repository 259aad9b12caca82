import type { ReactElement } from "react";
import { MeasuredHere } from "#panels/measured/MeasuredHere.tsx";
import { late } from "#ui/late.tsx";
import styles from "./BarsLegend.module.css";

const momentName = late(async () => (await import("#panels/run/MomentName.tsx")).MomentName);

/** What is filled in the bars, and what is only a line; what was measured is said in sentences under it. */
export const BarsLegend = (): ReactElement => (
  <>
    <momentName.Part />
    <ul className={styles.legend}>
      <li className={styles.filled}>filled: needed</li>
      <li className={styles.seen}>thin line: PyTorch may take while there is room, and gives back</li>
    </ul>
    <MeasuredHere />
  </>
);
