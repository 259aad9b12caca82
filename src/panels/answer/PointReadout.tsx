import type { ReactElement } from "react";
import { TERM_IDS } from "#calc/model/term.ts";
import { SeenSwatch } from "#charts/SeenSwatch.tsx";
import { TERM_STYLE } from "#charts/term-style.ts";
import { TermSwatch } from "#charts/TermSwatch.tsx";
import type { SeriesPoint } from "#charts/timeline-series.ts";
import { capitalised } from "#format/capitalised.ts";
import { formatGib } from "#format/bytes.ts";
import styles from "./PointReadout.module.css";

type PointReadoutProps = Readonly<{
  point: SeriesPoint;
  isPeak: boolean;
  capacity: Readonly<{ label: string; bytes: number }>;
}>;

/** The point of the step that is looked at: where it is, its total against the card, and its terms, in fixed rows. */
export const PointReadout = ({ point, isPeak, capacity }: PointReadoutProps): ReactElement => {
  const { name, totalBytes, seenBytes, terms } = point;
  const spare = capacity.bytes - totalBytes;
  return (
    <div className={styles.readout}>
      <p className={styles.point}>{capitalised(name)}</p>
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
        <dl className={styles.seen}>
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
