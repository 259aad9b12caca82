import { type ReactElement, useState } from "react";
import type { AliveTensors } from "#calc/model/alive-tensors.ts";
import { ALLOCATED_TERM_IDS, type AllocatedTermId, type TermId } from "#calc/model/term.ts";
import { TERM_STYLE } from "#charts/term-style.ts";
import { formatBytes } from "#format/bytes.ts";
import { formatMib } from "#format/mebibytes.ts";
import { formatPercent } from "#format/percent.ts";
import { EN_DASH } from "#format/signs.ts";
import { Button } from "#ui/Button.tsx";
import { Chips } from "#ui/Chips.tsx";
import styles from "./AliveList.module.css";
import { AliveRow } from "./AliveRow.tsx";

/** So many rows tell where the memory is; the others are small. */
const FIRST = 12;

type Filter = AllocatedTermId | "all";

const sumOf = (rows: readonly AliveTensors[]): number => rows.reduce((total, { bytes }) => total + bytes, 0);

type SumProps = Readonly<{ label: string; note?: string; bytes: number; peakBytes: number }>;

const Sum = ({ label, note, bytes, peakBytes }: SumProps): ReactElement => (
  <tr>
    <th scope="row">
      {label}
      <span className={styles.exact}>
        {formatBytes(bytes)}
        {note !== undefined && `, ${note}`}
      </span>
    </th>
    <td className={styles.each}>{EN_DASH}</td>
    <td>{formatMib(bytes)}</td>
    <td>{formatPercent(bytes / peakBytes)}</td>
  </tr>
);

type AliveListProps = Readonly<{
  rows: readonly AliveTensors[];
  layers: number;
  /** The term that it was opened for, which it shows alone at first; null where somebody just opened it. */
  first: TermId | null;
}>;

const filterFor = (term: TermId | null): Filter => (term === null || term === "framework" ? "all" : term);

/** Every tensor that is alive at the peak, alike ones of all layers in one row, the largest first; they sum to the peak to the byte. */
export const AliveList = ({ rows, layers, first }: AliveListProps): ReactElement => {
  const [filter, setFilter] = useState<Filter>(filterFor(first));
  const [whole, setWhole] = useState(false);
  const terms = ALLOCATED_TERM_IDS.filter((id) => rows.some(({ term }) => term === id));
  const isKnown = filter === "all" || terms.includes(filter);
  const chosen = isKnown && filter !== "all" ? rows.filter(({ term }) => term === filter) : rows;
  const peakBytes = sumOf(rows);
  const shown = whole ? chosen : chosen.slice(0, FIRST);
  return (
    <div className={styles.list}>
      <Chips<Filter>
        label="Show"
        choose="one"
        options={[
          { value: "all", label: "Everything" },
          ...terms.map((id) => ({ value: id, label: TERM_STYLE[id].label })),
        ]}
        selected={[isKnown ? filter : "all"]}
        onChange={([next]) => setFilter(next ?? "all")}
      />
      <table className={styles.table}>
        <caption className={styles.caption}>
          Names as in the modelling code; layers count from 0. Each tensor takes whole blocks of 512 B.
        </caption>
        <thead>
          <tr>
            <th scope="col">Tensor</th>
            <th scope="col" className={styles.each}>
              Each, MiB
            </th>
            <th scope="col">All, MiB</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <AliveRow
              key={`${row.term} ${row.module} ${row.op} ${row.dtype} ${row.shape.join()}`}
              row={row}
              peakBytes={peakBytes}
              layers={layers}
            />
          ))}
        </tbody>
        <tfoot>
          {chosen !== rows && (
            <Sum label={TERM_STYLE[filter as AllocatedTermId].label} bytes={sumOf(chosen)} peakBytes={peakBytes} />
          )}
          <Sum label="Sum of all rows" note="allocated" bytes={peakBytes} peakBytes={peakBytes} />
        </tfoot>
      </table>
      {chosen.length > FIRST && (
        <Button kind="link" className={styles.more} onClick={() => setWhole(!whole)}>
          {whole ? `Show the first ${FIRST} rows` : `Show all ${chosen.length} rows`}
        </Button>
      )}
    </div>
  );
};
