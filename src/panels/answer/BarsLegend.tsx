// Legend of the memory bars: the moment shown, the kinds of lines, and measured runs.

import { type ReactElement, useEffect } from "react";
import { useAnswer } from "#scenario/page/store.ts";
import { latePart } from "#ui/late-parts.tsx";
import { hasKeptRows, KEPT_KEY, useMeasurements } from "#panels/measured/shown-measurements.ts";
import type { MeasuredLinesProps } from "#panels/measured/MeasuredLines.tsx";
import { useShownMoment } from "./selection.ts";
import styles from "./BarsLegend.module.css";

const lines = latePart<MeasuredLinesProps>(
  async () => (await import("#panels/measured/MeasuredLines.tsx")).MeasuredLines,
);

const readKept = (): void =>
  void import("#panels/measured/KeptRows.tsx")
    .then(({ showKeptRows: showStored }) => showStored())
    .catch(() => undefined);

/** Reads the rows that the browser keeps, and again when another tab has kept or removed one; what reads them is fetched then only. */
const followKept = (): (() => void) => {
  const follow = ({ key }: StorageEvent): void => {
    if (key === KEPT_KEY || key === null) readKept();
  };
  if (hasKeptRows()) readKept();
  addEventListener("storage", follow);
  return () => removeEventListener("storage", follow);
};

/** What was measured of the scenario, if anything was, in a line for each run. */
const MeasuredHere = (): ReactElement | null => {
  const answer = useAnswer();
  const measurements = useMeasurements(answer.choices);
  useEffect(followKept, []);
  return measurements.length === 0 ? null : <lines.Part answer={answer} measurements={measurements} />;
};

/** Which moment of the run is drawn, once there is a choice. */
const ShownMoment = (): ReactElement | null => {
  const moment = useShownMoment();
  return moment && <MomentName name={moment.name} />;
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

type MomentNameProps = Readonly<{ name: string }>;

/** Above the bars at their left: which moment of the run they draw. */
const MomentName = ({ name }: MomentNameProps): ReactElement => <p className={styles.name}>In {name}</p>;
