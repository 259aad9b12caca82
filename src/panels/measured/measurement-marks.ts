// A measurement of a run: its type, and a reader's row as marks and table figures.

import { observedCardUse } from "#interop/measure/row-comparison.ts";
import type { RowOfScenario, MeasuredRow } from "#interop/measure/measured-rows.ts";
import type { Measured } from "#charts/bar-marks.ts";
import type { AccuracyRun, AccuracyMetric } from "#catalog/accuracy.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { Choices } from "#scenario/keys/choices.ts";

const peakFigure = ({ peakBytes, outcome }: MeasuredRow): readonly Measured[] => {
  if (peakBytes === null) return [];
  return outcome === "ran"
    ? [{ bytes: peakBytes, metric: "allocated" }]
    : [{ bytes: peakBytes, metric: "allocated, then out of memory", look: "failed" }];
};

/** What PyTorch held: with the CUDA context, where that is known, as the bar's thin line has it. */
const seenFigure = (row: MeasuredRow): readonly Measured[] => {
  if (row.reservedBytes === null || row.outcome !== "ran") return [];
  const seen = observedCardUse(row);
  return seen === null
    ? [{ bytes: row.reservedBytes, metric: "reserved", look: "seen" }]
    : [{ bytes: seen, metric: "reserved, with the CUDA context", look: "seen" }];
};

const inTable = (row: MeasuredRow): OwnMeasurement["inTable"] => {
  if (row.outcome !== "ran") return {};
  const { peakBytes: allocated, contextBytes: context } = row;
  const seen = observedCardUse(row);
  return {
    ...(allocated !== null && { allocated }),
    ...(context !== null && { context }),
    ...(seen !== null && { seen }),
  };
};

/** A row as it stands with its scenario: its marks are the allocated peak and what PyTorch held; of a run out of memory how far it came. */
export const ownMeasurement = ({ row, choices }: RowOfScenario): OwnMeasurement => ({
  kind: "own",
  row,
  choices,
  method: choices.method,
  figures: [...peakFigure(row), ...seenFigure(row)],
  inTable: inTable(row),
});

/** A published run, and where it was published. */
export type MeasuredRun = AccuracyRun & Readonly<{ sourceUrl: string }>;

/** A run that was published, or one that a reader measured. */
type Of = Readonly<{ kind: "published"; run: MeasuredRun } | { kind: "own"; row: MeasuredRow }>;

/** The rows of the table at the peak that a run may have measured. */
export type MeasuredRowId = "allocated" | "context" | "seen";

/** What was measured of one run. */
export type Measurement = Readonly<{
  method: MethodId;
  /** The scenario that was measured. */
  choices: Choices;
  /** Where its marks stand on the bar. */
  figures: readonly Measured[];
  /** What stands in the table at the peak, beside its method's figures; nothing of a run that did not get through its step. */
  inTable: Readonly<Partial<Record<MeasuredRowId, number>>>;
}> &
  Of;

/** One of a row that a reader measured. */
export type OwnMeasurement = Extract<Measurement, { kind: "own" }>;

/** A metric as it stands beside a figure. */
export const metricName = (metric: AccuracyMetric): string => (metric === "not named" ? "metric not named" : metric);
