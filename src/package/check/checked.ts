import type { SmallestSet } from "#advice/offers.ts";
import type { Imported } from "#interop/import/imported.ts";
import type { Refusal } from "#interop/import/read-fields.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";

/** What was read of files, and the engine's answer to it. */
export type CheckedRun = Readonly<{
  imported: Extract<Imported, { kind: "imported" }>;
  answer: Answer;
  /** The method that the files run; null where something that they ask for is not known. */
  method: MethodAnswer | null;
  /** What a reader has to know beside, in sentences: a card that nobody named, choices that do not go together. */
  notes: readonly string[];
  /** The changes that make it fit: null where nothing makes it, or it does already. */
  change: SmallestSet | null;
}>;

/** A run with a figure. */
export type EstimatedRun = CheckedRun & Readonly<{ method: MethodAnswer }>;

export const isEstimated = (run: CheckedRun): run is EstimatedRun => run.method !== null;

/**
 * How a check ends. `not-known`: something that is asked for is not known, or a field that changes memory is not modeled, so that the figure is not that of
 * the run.
 */
export type Outcome = "fits" | "tight" | "over" | "cannot-run" | "not-known" | "not-readable";

/** One scenario, checked. */
export type Checked = Readonly<{ name: string }> &
  Readonly<
    | { outcome: "not-readable" | "not-known"; refusals: readonly Refusal[] }
    | { outcome: "not-known"; run: CheckedRun }
    | { outcome: Exclude<Outcome, "not-readable" | "not-known">; run: EstimatedRun }
  >;
