import { type ReactElement, useMemo, useState } from "react";
import { PhaseAxis } from "#charts/PhaseAxis.tsx";
import { PointPicker } from "#charts/PointPicker.tsx";
import { SeenSwatch } from "#charts/SeenSwatch.tsx";
import { TimelineChart } from "#charts/TimelineChart.tsx";
import type { TimelineSeries } from "#charts/timeline-series.ts";
import { PointReadout } from "./PointReadout.tsx";
import { pointInWords } from "./point-in-words.ts";
import styles from "./Timeline.module.css";
import { TimelineTable } from "./TimelineTable.tsx";

const HEIGHT = 290;

type TimelineProps = Readonly<{
  series: TimelineSeries;
  /** The chosen card. */
  label: string;
  capacityBytes: number;
  /** What each point is one of: "Point of the training step". */
  pointLabel: string;
  caption: string;
}>;

/** The picture of a step or a run, the point that is looked at (the peak, unless pointer or keys are elsewhere), and the same numbers in a table. */
export const Timeline = ({ series, label, capacityBytes, pointLabel, caption }: TimelineProps): ReactElement | null => {
  const [picked, setPicked] = useState<number | null>(null);
  const capacity = useMemo(() => ({ label, bytes: capacityBytes }), [label, capacityBytes]);
  const value = Math.min(picked ?? series.peak, series.points.length - 1);
  const point = series.points[value];
  if (point === undefined) return null;
  const isPeak = value === series.peak;
  return (
    <figure className={styles.figure}>
      <div className={styles.columns}>
        <div className={styles.plot}>
          <PointPicker
            label={pointLabel}
            points={series.points}
            value={value}
            picked={picked !== null}
            valueText={pointInWords(point, isPeak)}
            onPick={setPicked}
          >
            <TimelineChart series={series} capacity={capacity} height={HEIGHT} />
          </PointPicker>
          <PhaseAxis phases={series.phases} />
          {point.seenBytes !== null && (
            <p className={styles.seen}>
              <SeenSwatch />
              Held by PyTorch while there is room
            </p>
          )}
        </div>
        <PointReadout point={point} isPeak={isPeak} capacity={capacity} />
      </div>
      <figcaption className={styles.caption}>
        {caption} Not drawn in proportion to time. What stays lies at the bottom, what moves on top.
      </figcaption>
      <TimelineTable series={series} />
    </figure>
  );
};
