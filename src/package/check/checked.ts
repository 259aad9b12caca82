import type { SmallestSet } from "#advice/smallest-set.ts";
import type { Imported } from "#interop/import/imported.ts";
import type { Refusal } from "#interop/import/source.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";

/** What was read of files, and the engine's answer to it. */
export type CheckedRun = Readonly<{
  imported: Extract<Imported, { kind: "imported" }>;
  answer: Answer;
  /** The method that the files run. */
  method: MethodAnswer;
  /** What a reader has to know beside, in sentences: a card that nobody named, choices that do not go together. */
  notes: readonly string[];
  /** The changes that make it fit: null where nothing makes it, or it does already. */
  change: SmallestSet | null;
}>;

/** How a check ends. `not-known`: a field that changes memory is not modelled, so that the figure is not that of the run. */
export type Outcome = "fits" | "tight" | "over" | "cannot-run" | "not-known" | "not-readable";

/** One scenario, checked. */
export type Checked = Readonly<{ name: string }> &
  Readonly<
    | { outcome: "not-readable"; refusals: readonly Refusal[] }
    | { outcome: Exclude<Outcome, "not-readable">; run: CheckedRun }
  >;
