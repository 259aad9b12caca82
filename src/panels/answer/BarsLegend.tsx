import type { ReactElement } from "react";
import { MeasuredHere } from "#panels/measured/MeasuredHere.tsx";
import type { MomentNameProps } from "#panels/run/MomentName.tsx";
import { latePart } from "#ui/late-parts.tsx";
import { useShownMoment } from "./selection.ts";
import styles from "./BarsLegend.module.css";

const momentName = latePart<MomentNameProps>(async () => (await import("#panels/run/MomentName.tsx")).MomentName);

/** Which moment of the run is drawn, once there is a choice. */
const ShownMoment = (): ReactElement | null => {
  const moment = useShownMoment();
  return moment && <momentName.Part name={moment.name} />;
};

/** What is filled in the bars, and what is only a line; what was measured is said in sentences under it. */
export const BarsLegend = (): ReactElement => (
  <>
    <ShownMoment />
    <ul className={styles.legend}>
      <li className={styles.filled}>filled: needed</li>
      <li className={styles.seen}>thin line: PyTorch may take while there is room, and gives back</li>
    </ul>
    <MeasuredHere />
  </>
);
