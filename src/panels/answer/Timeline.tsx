// Timeline of a step or a run: chart, the selected point in words, and the same figures as a table.

import { type ReactElement, useState, useMemo } from "react";
import { TERM_IDS } from "#calc/model/terms.ts";
import { SeenSwatch, PhaseAxis, PointPicker, TimelineChart } from "#charts/TimelineChart.tsx";
import { TERM_STYLE, TermSwatch } from "#charts/term-style.tsx";
import { type SeriesPoint, TIMELINE_STACK, type TimelineSeries } from "#charts/timeline-series.ts";
import { capitalized } from "#format/phrases.ts";
import { formatGib } from "#format/bytes.ts";
import styles from "./Timeline.module.css";
import tableStyles from "./TimelineTable.module.css";

type PointReadoutProps = Readonly<{
  point: SeriesPoint;
  isPeak: boolean;
  capacity: Readonly<{ label: string; bytes: number }>;
}>;

/** The point of the step that is looked at: where it is, its total against the card, and its terms, in fixed rows. */
const PointReadout = ({ point, isPeak, capacity }: PointReadoutProps): ReactElement => {
  const { name, totalBytes, seenBytes, terms } = point;
  const spare = capacity.bytes - totalBytes;
  return (
    <div className={styles.readout}>
      <p className={styles.point}>{capitalized(name)}</p>
      <p className={styles.total}>
        <strong>{formatGib(totalBytes)}</strong> GiB{isPeak && ", the peak"}
      </p>
      <p className={spare < 0 ? styles.over : styles.free}>
        {formatGib(Math.abs(spare))} GiB {spare < 0 ? "over" : "free on"} the {capacity.label}
      </p>
      <dl className={styles.terms}>
        {TERM_IDS.map((id) => (
          <div key={id}>
            <dt>
              <TermSwatch id={id} />
              {TERM_STYLE[id].label}
            </dt>
            <dd>{formatGib(terms.find((term) => term.id === id)?.bytes ?? 0)}</dd>
          </div>
        ))}
      </dl>
      {seenBytes !== null && (
        <dl className={styles.readoutSeen}>
          <dt>
            <SeenSwatch />
            Seen while there is room
          </dt>
          <dd>{formatGib(seenBytes)}</dd>
        </dl>
      )}
    </div>
  );
};

/** A point of the step for those who hear it: where it is, its total, then its terms, the largest first. */
const pointInWords = ({ name, totalBytes, seenBytes, terms }: SeriesPoint, isPeak: boolean): string => {
  const there = terms.filter(({ bytes }) => bytes > 0).toSorted((one, other) => other.bytes - one.bytes);
  const words = there.map(({ id, bytes }) => `${TERM_STYLE[id].label.toLowerCase()} ${formatGib(bytes)}`);
  const seen = seenBytes === null ? "" : `, ${formatGib(seenBytes)} GiB seen`;
  return `${isPeak ? "Peak: " : ""}${name}, ${formatGib(totalBytes)} GiB${seen}: ${words.join(", ")}`;
};

const Rows = ({ series }: Readonly<{ series: TimelineSeries }>): ReactElement => {
  const isSeen = series.points.every(({ seenBytes }) => seenBytes !== null);
  return (
    <table className={tableStyles.table}>
      <thead>
        <tr>
          <th scope="col">GiB on the card</th>
          <th scope="col">Total</th>
          {isSeen && <th scope="col">Seen</th>}
          {TIMELINE_STACK.map((id) => (
            <th key={id} scope="col">
              {TERM_STYLE[id].shortLabel}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {series.points.map(({ name, totalBytes, seenBytes, terms }, index) => (
          <tr key={name} className={index === series.peak ? tableStyles.peak : undefined}>
            <th scope="row">
              {name}
              {index === series.peak && " (the peak)"}
            </th>
            <td>{formatGib(totalBytes)}</td>
            {isSeen && <td>{formatGib(seenBytes ?? 0)}</td>}
            {terms.map(({ id, bytes }) => (
              <td key={id}>{formatGib(bytes)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
};

/** Every point of the step as numbers, when they are asked for. They scroll in a box that the keyboard reaches, so that the page does not grow by 130 rows. */
const TimelineTable = ({ series }: Readonly<{ series: TimelineSeries }>): ReactElement => {
  const [open, setOpen] = useState(false);
  return (
    <details className={tableStyles.numbers} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The same numbers</summary>
      {open && (
        <section className={tableStyles.scroll} aria-label="The step in numbers" tabIndex={0}>
          <Rows series={series} />
        </section>
      )}
    </details>
  );
};

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
