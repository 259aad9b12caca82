import type { ReactElement } from "react";
import { TERM_STYLE } from "#charts/term-style.ts";
import { TermSwatch } from "#charts/TermSwatch.tsx";
import { formatBytes, formatGib } from "#format/bytes.ts";
import { formatPercent } from "#format/percent.ts";
import type { MethodAtMoment } from "#service/answers/run-parts.ts";
import styles from "./RunCells.module.css";

type RunAliveProps = Readonly<{ moment: NonNullable<MethodAtMoment["moment"]>; title: string }>;

/** Everything that is alive at the highest point of a moment, by name, the largest first; the rows sum to the peak to the byte. */
export const RunAlive = ({ moment, title }: RunAliveProps): ReactElement => (
  <table className={styles.alive}>
    <caption>{title}</caption>
    <thead>
      <tr>
        <th scope="col">Tensors</th>
        <th scope="col">Bytes</th>
        <th scope="col">GiB</th>
        <th scope="col">Share</th>
      </tr>
    </thead>
    <tbody>
      {moment.alive.map(({ name, bytes, term }) => (
        <tr key={name}>
          <th scope="row">
            <TermSwatch id={term} /> {term === name ? TERM_STYLE[term].label : name}
          </th>
          <td>{formatBytes(bytes)}</td>
          <td>{formatGib(bytes)}</td>
          <td>{formatPercent(bytes / moment.peakBytes)}</td>
        </tr>
      ))}
    </tbody>
    <tfoot>
      <tr>
        <th scope="row">Allocated</th>
        <td>{formatBytes(moment.peakBytes)}</td>
        <td>{formatGib(moment.peakBytes)}</td>
        <td>{formatPercent(1)}</td>
      </tr>
    </tfoot>
  </table>
);
