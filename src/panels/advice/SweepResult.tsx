import { type ReactElement, useMemo } from "react";
import { type SweepAxis, sweepStops } from "#advice/sweep-axis.ts";
import type { SweepCurve } from "#advice/sweep.ts";
import { type SweepCapacity, sweepPicture } from "#charts/sweep-series.ts";
import { formatGib } from "#format/bytes.ts";
import { cardWords } from "#format/card-words.ts";
import { formatCount, formatParams } from "#format/count.ts";
import table from "#panels/answer/TimelineTable.module.css";
import { late } from "#ui/late.tsx";
import styles from "./Sweep.module.css";

/** Recharts, apart from the table, which has no need of it. */
const SweepChart = late(async () => (await import("#charts/SweepChart.tsx")).SweepChart).Part;

const HEIGHT = 320;

const textOf = (axis: SweepAxis): ((value: number) => string) => (axis === "params" ? formatParams : formatCount);

const UNITS: Readonly<Record<SweepAxis, string>> = {
  seq: "tokens",
  batch: "rows",
  r: "of rank",
  params: "parameters",
};

type SweepResultProps = Readonly<{
  axis: SweepAxis;
  title: string;
  names: readonly string[];
  curves: readonly SweepCurve[];
  capacities: readonly SweepCapacity[];
}>;

/** Where one curve meets the chosen card, in words. */
const meets = ({ axis, names, curves, capacities }: SweepResultProps, index: number): string => {
  const { value, capped } = curves[index]?.crossings[0] ?? { value: null, capped: false };
  const [capacity] = capacities;
  const card = capacity === undefined ? "the card" : cardWords(capacity.label, 1);
  const cannotRun = curves[index]?.cannotRun ?? null;
  if (cannotRun !== null) return `${names[index]}: cannot run on ${card}, ${cannotRun}.`;
  if (value === null) return `${names[index]}: even the least exceeds ${card}.`;
  const most = `${textOf(axis)(value)} ${UNITS[axis]}`;
  return `${names[index]}: stays within ${card} up to ${most}${capped ? ", the end of the control" : ""}.`;
};

const Rows = ({ axis, title, names, curves, capacities }: SweepResultProps): ReactElement => (
  <table className={table.table}>
    <thead>
      <tr>
        <th scope="col">{title}</th>
        {names.map((name) => (
          <th key={name} scope="col">
            {name}, GiB
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {sweepStops(axis).map((stop, index) => (
        <tr key={stop}>
          <th scope="row">{textOf(axis)(stop)}</th>
          {curves.map(({ bytes }, curve) => (
            <td key={names[curve]}>{formatGib(bytes[index] ?? 0)}</td>
          ))}
        </tr>
      ))}
      {capacities.map(({ label, chosen }, index) => (
        <tr key={label} className={chosen ? table.peak : undefined}>
          <th scope="row">most within {label}</th>
          {curves.map(({ crossings }, curve) => {
            const value = crossings[index]?.value ?? null;
            return <td key={names[curve]}>{value === null ? "none" : textOf(axis)(value)}</td>;
          })}
        </tr>
      ))}
    </tbody>
  </table>
);

/** A sweep as picture, in words, and as a table. */
export const SweepResult = (props: SweepResultProps): ReactElement => {
  const { axis, names, curves, capacities } = props;
  const picture = useMemo(() => {
    const series = curves.map(({ bytes, crossings }, index) => ({
      label: names[index] ?? "",
      bytes,
      crossings: crossings.map(({ value, capped }) => (capped ? null : value)),
    }));
    return sweepPicture(sweepStops(axis), series, capacities);
  }, [axis, names, curves, capacities]);
  return (
    <figure>
      <div className={styles.chart}>
        <SweepChart picture={picture} count={curves.length} height={HEIGHT} formatX={textOf(axis)} />
      </div>
      <figcaption className={styles.caption}>
        {names.map((name, index) => (
          <p key={name} className={index === 0 ? styles.first : styles.second}>
            {meets(props, index)}
          </p>
        ))}
        GiB on the card; dots mark where a curve exceeds a card’s capacity. A curve that leaves the chart is cut off.
      </figcaption>
      <details className={table.numbers}>
        <summary>The same numbers</summary>
        <section className={table.scroll} aria-label="The sweep in numbers" tabIndex={0}>
          <Rows {...props} />
        </section>
      </details>
    </figure>
  );
};
