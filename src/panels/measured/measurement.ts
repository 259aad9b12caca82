import type { AccuracyRun } from "#catalog/accuracy.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { Measured } from "#charts/measured-mark.ts";
import type { MeasuredRow } from "#interop/measured/measured-row.ts";
import type { Choices } from "#scenario/keys/choices.ts";

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
