// Measured figures in tables: the diamond, the cell of the peak table and the table of moments.

import type { ReactElement } from "react";
import lineStyles from "./MeasuredLines.module.css";
import type { Moment, MomentId } from "#calc/model/memory-estimate.ts";
import { formatGib, formatSignedGib } from "#format/bytes.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import styles from "./MeasuredTables.module.css";
import type { OwnMeasurement, MeasuredRowId, Measurement } from "./measurement-marks.ts";

/** The mark of a measurement as it stands on a bar: filled, or in outline where it is of what PyTorch holds while there is room. */
export const Diamond = ({ isSeen = false }: Readonly<{ isSeen?: boolean }>): ReactElement => (
  <svg
    className={isSeen ? lineStyles.outlined : lineStyles.diamond}
    width="12"
    height="12"
    viewBox="-6 -6 12 12"
    aria-hidden="true"
  >
    <path d="M0,-5l5,5l-5,5l-5,-5z" />
  </svg>
);

const NAMES: Readonly<Record<MomentId, string>> = {
  load: "Loading",
  forward: "Forward",
  backward: "Backward",
  step: "Optimizer’s step",
  zero: "Gradients set to None",
};

type Pair = Readonly<{
  /** null: nothing is said of it. */
  predicted: number | null;
  measured: number | null;
}>;

const Cells = ({ predicted, measured }: Pair): ReactElement => (
  <>
    <td>{predicted !== null && formatGib(predicted)}</td>
    <td className={styles.measured}>{measured !== null && formatGib(measured)}</td>
    <td>{predicted !== null && measured !== null && formatSignedGib(measured - predicted)}</td>
  </>
);

/** What loading takes for a moment is not counted; what it leaves is. */
const predictedPeak = ({ id, peakBytes }: Moment): number | null => (id === "load" ? null : peakBytes);

export type MeasuredMomentsProps = Readonly<{ measurement: OwnMeasurement; method: MethodAnswer }>;

/** The moments that a run measured, beside what is predicted of them: allocated at their ends, and the highest within. */
export const MeasuredMoments = ({ measurement: { row }, method }: MeasuredMomentsProps): ReactElement | null => {
  const moments = method.estimate.moments.flatMap((predicted) => {
    const measured = row.moments.find(({ id }) => id === predicted.id);
    return measured === undefined || (measured.liveBytes === null && measured.peakBytes === null)
      ? []
      : [{ predicted, measured }];
  });
  if (moments.length === 0) return null;
  return (
    <section className={styles.scroll} aria-label="Measured moments" tabIndex={0}>
      <table className={styles.table}>
        <caption>
          <Diamond /> {METHOD_NAMES[method.method].label}, measured by moment: GiB allocated, without what is beside
          tensors on the card
        </caption>
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>
              Moment
            </th>
            <th scope="colgroup" colSpan={3}>
              Highest within
            </th>
            <th scope="colgroup" colSpan={3}>
              At its end
            </th>
          </tr>
          <tr>
            {["peak", "live"].flatMap((kind) =>
              ["Predicted", "Measured", "Off"].map((name) => (
                <th key={`${kind} ${name}`} scope="col">
                  {name}
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {moments.map(({ predicted, measured }) => (
            <tr key={predicted.id}>
              <th scope="row">{NAMES[predicted.id]}</th>
              <Cells predicted={predictedPeak(predicted)} measured={measured.peakBytes} />
              <Cells predicted={predicted.liveBytes} measured={measured.liveBytes} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};

export type MeasuredCellProps = Readonly<{
  measurement: Measurement;
  /** null: nothing of that row is ever measured. */
  row: MeasuredRowId | "head" | null;
  /** Its method is the one in focus. */
  isFocused: boolean;
}>;

/** A cell of the column of what was measured, beside its method's. */
export const MeasuredCell = ({ measurement, row, isFocused }: MeasuredCellProps): ReactElement => {
  const className = [styles.measuredCell, isFocused ? styles.focused : undefined].filter(Boolean).join(" ");
  if (row === "head")
    return (
      <th scope="col" className={className}>
        <Diamond /> <span>measured</span>
      </th>
    );
  const bytes = row === null ? undefined : measurement.inTable[row];
  return <td className={className}>{bytes !== undefined && formatGib(bytes)}</td>;
};
