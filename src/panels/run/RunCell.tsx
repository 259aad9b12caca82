import type { ReactElement } from "react";
import fits from "#charts/fit.module.css";
import { formatSignedGib } from "#format/bytes.ts";
import { NotKnownIcon } from "#panels/answer/NotKnownIcon.tsx";
import { FIT_WORDS, StatusIcon } from "#panels/answer/StatusIcon.tsx";
import type { MethodAtMoment } from "#service/answers/run-parts.ts";
import cell from "#ui/radio-cell.module.css";
import spoken from "#ui/spoken.module.css";
import styles from "./RunCells.module.css";

/** Where the card ends on the bar of a cell. */
const LINE_AT = 2 / 3;

const percent = (share: number): string => `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;

type BarProps = Readonly<{ at: MethodAtMoment; availableBytes: number }>;

/** What a moment takes against the line of the card, which stands at two thirds. */
const CellBar = ({ at: { estimate, card }, availableBytes }: BarProps): ReactElement => {
  const share = availableBytes > 0 ? (estimate.onCardBytes / availableBytes) * LINE_AT : 1;
  const isOver = card.fit === "over";
  const within = isOver ? LINE_AT : share;
  return (
    <span className={styles.bar} aria-hidden="true">
      <span className={styles.within} style={{ width: percent(within) }} />
      {isOver && (
        <span
          className={styles.beyond}
          style={{ left: percent(LINE_AT), width: percent(Math.min(1, share) - LINE_AT) }}
        />
      )}
      <span className={styles.tick} style={{ left: percent(LINE_AT) }} />
    </span>
  );
};

/** The bytes that a moment leaves of the card; no figure where that is known only as another library runs it. */
const Outcome = ({ at: { card, otherRule } }: Readonly<{ at: MethodAtMoment }>): ReactElement =>
  otherRule === null ? (
    <span className={`${styles.outcome} ${fits[card.fit]}`}>
      <StatusIcon fit={card.fit} />
      <span className={spoken.spoken}>{FIT_WORDS[card.fit]}, </span>
      {formatSignedGib(card.headroomBytes)}
      <span className={spoken.spoken}> GiB</span>
    </span>
  ) : (
    <span className={`${styles.outcome} ${styles.none}`} title={otherRule}>
      <NotKnownIcon />
    </span>
  );

type RunCellProps = Readonly<{
  /** Unique on the page: the radio group. */
  group: string;
  value: string;
  name: string;
  what: string;
  /** Whether that is a batch. */
  ofBatch: boolean;
  /** Whether nobody counts it, and a run may go without it. */
  dashed: boolean;
  checked: boolean;
  /** The method in focus there; null: it has no such moment. */
  at: MethodAtMoment | null;
  /** "Merging is of adapters, and full fine-tuning has none": why it has none. */
  whyNone: string | null;
  availableBytes: number;
  onChoose: () => void;
}>;

/** A moment of the run: what it is, and what it leaves of the card. */
export const RunCell = (props: RunCellProps): ReactElement => {
  const { at, whyNone } = props;
  return (
    <label className={`${cell.cell} ${styles.cell}`} data-dashed={props.dashed} title={whyNone ?? undefined}>
      <input
        className={cell.radio}
        type="radio"
        name={props.group}
        value={props.value}
        checked={props.checked}
        disabled={at === null}
        onChange={props.onChoose}
      />
      <span className={styles.name}>{props.name}</span>{" "}
      <span className={styles.what}>
        {props.ofBatch && <span>batch</span>} {props.what}
      </span>{" "}
      {at === null ? (
        <span className={styles.none}>none</span>
      ) : (
        <>
          <Outcome at={at} />
          {at.otherRule === null && <CellBar at={at} availableBytes={props.availableBytes} />}
        </>
      )}
    </label>
  );
};
