import type { ReactElement } from "react";
import type { Largest } from "#advice/largest-within.ts";
import type { MatrixCell as Cell } from "#advice/what-fits.ts";
import { FIT_WORDS, StatusIcon } from "#panels/answer/StatusIcon.tsx";
import fits from "#charts/fit.module.css";
import spoken from "#ui/spoken.module.css";
import { formatSignedGib } from "#format/bytes.ts";
import { formatCount } from "#format/count.ts";
import { EN_DASH } from "#format/signs.ts";
import styles from "./Fits.module.css";

type MatrixCellProps = Readonly<{ cell: Cell; batch: number; seq: number }>;

/** "3 × 4,096": rows by tokens; a plus where the control ends before the card does. */
const sizeText = ({ value, capped }: Largest, text: (value: number) => string): string =>
  value === null ? EN_DASH : `${text(value)}${capped ? "+" : ""}`;

const rowsBy = (rows: number, tokens: number): string => `${formatCount(rows)} × ${formatCount(tokens)}`;

/** Spare or missing GiB, or that it cannot run; then the largest batch, or how many of the card it takes, and the longest sequence that still fit. */
export const MatrixCell = ({ cell, batch, seq }: MatrixCellProps): ReactElement => {
  const { fit, headroomBytes, cannotRun, maxBatch, maxSequence, several } = cell;
  if (cannotRun !== null)
    return (
      <span className={`${styles.margin} ${fits[fit]}`} title={cannotRun}>
        <StatusIcon fit={fit} />
        {FIT_WORDS[fit]}
        <span className={spoken.spoken}>: {cannotRun}</span>
      </span>
    );
  return (
    <>
      <span className={`${styles.margin} ${fits[fit]}`}>
        <StatusIcon fit={fit} />
        <span className={spoken.spoken}>{FIT_WORDS[fit]}, </span>
        {formatSignedGib(headroomBytes)}
      </span>
      <span className={styles.size}>
        {several === null ? (
          <>
            <span className={spoken.spoken}>largest batch </span>
            {sizeText(maxBatch, (rows) => rowsBy(rows, seq))}
          </>
        ) : (
          <>
            <span className={spoken.spoken}>it takes </span>
            {formatCount(several)} ×<span className={spoken.spoken}> this card</span>
          </>
        )}
      </span>
      <span className={styles.size}>
        <span className={spoken.spoken}>longest sequence </span>
        {sizeText(maxSequence, (tokens) => rowsBy(batch, tokens))}
      </span>
    </>
  );
};
