import type { ReactElement } from "react";
import { formatGib } from "#format/bytes.ts";
import { Diamond } from "./Diamond.tsx";
import styles from "./MeasuredCell.module.css";
import type { MeasuredRowId, Measurement } from "./own-measurement.ts";

export type MeasuredCellProps = Readonly<{
  measurement: Measurement;
  /** null: nothing of that row is ever measured. */
  row: MeasuredRowId | "head" | null;
  /** Its method is the one in focus. */
  isFocused: boolean;
}>;

/** A cell of the column of what was measured, beside its method's. */
export const MeasuredCell = ({ measurement, row, isFocused }: MeasuredCellProps): ReactElement => {
  const className = [styles.measured, isFocused ? styles.focused : undefined].filter(Boolean).join(" ");
  if (row === "head")
    return (
      <th scope="col" className={className}>
        <Diamond /> <span>measured</span>
      </th>
    );
  const bytes = row === null ? undefined : measurement.inTable[row];
  return <td className={className}>{bytes !== undefined && formatGib(bytes)}</td>;
};
