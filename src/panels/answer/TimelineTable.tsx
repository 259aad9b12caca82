import { type ReactElement, useState } from "react";
import { TERM_STYLE } from "#charts/term-style.ts";
import { TIMELINE_STACK, type TimelineSeries } from "#charts/timeline-series.ts";
import { formatGib } from "#format/bytes.ts";
import styles from "./TimelineTable.module.css";

const Rows = ({ series }: Readonly<{ series: TimelineSeries }>): ReactElement => {
  const isSeen = series.points.every(({ seenBytes }) => seenBytes !== null);
  return (
    <table className={styles.table}>
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
          <tr key={name} className={index === series.peak ? styles.peak : undefined}>
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
export const TimelineTable = ({ series }: Readonly<{ series: TimelineSeries }>): ReactElement => {
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.numbers} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The same numbers</summary>
      {open && (
        <section className={styles.scroll} aria-label="The step in numbers" tabIndex={0}>
          <Rows series={series} />
        </section>
      )}
    </details>
  );
};
