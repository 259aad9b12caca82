import { importJson, type ImportJson } from "#package/import-json.ts";
import { type EstimateJson, estimateJson } from "#scenario/choices/estimate-json.ts";
import { encodeLink } from "#scenario/choices/url.ts";
import type { Checked, Outcome } from "./checked.ts";
import { exitCodeOf } from "./exit-code.ts";
import { plainSpaces, type Report } from "./report.ts";
import { verdictWords } from "./verdict-words.ts";

/** The object that `check --format json` prints for a scenario; public interface, so that fields are only ever added. */
export type CheckJson = Readonly<{
  version: 1;
  /** The path of the run. */
  file: string;
  outcome: Outcome;
  /** How the program ends for this scenario alone. */
  exit: number;
  /** The verdict in a sentence. */
  says: string;
  /** What a reader has to know beside, in sentences. */
  notes: readonly string[];
  imported: ImportJson;
  /** null: the files cannot be read. Where fields are not modeled it is the figure without them; where something is not known it has none. */
  estimate: EstimateJson | null;
  /** What makes it fit; null where nothing does, or it fits. */
  change: Readonly<{ ids: readonly string[]; link: string }> | null;
}>;

const jsonOf = (checked: Checked, allowTight: boolean): CheckJson => {
  const { name, outcome } = checked;
  const common = {
    version: 1,
    file: name,
    outcome,
    exit: exitCodeOf(outcome, allowTight),
    says: plainSpaces(verdictWords(checked)),
  } as const;
  if ("refusals" in checked) {
    const imported = importJson({ kind: "refused", refusals: checked.refusals });
    return { ...common, notes: [], imported, estimate: null, change: null };
  }
  const { answer, imported, change, notes } = checked.run;
  return {
    ...common,
    notes: notes.map(plainSpaces),
    imported: importJson(imported),
    estimate: estimateJson(answer, []),
    change: change === null ? null : { ids: change.knobs.map(({ id }) => id), link: encodeLink(change.trial.choices) },
  };
};

/** For programs: one object a line. */
export const asJson: Report = (checked, { allowTight }) =>
  checked.map((each) => JSON.stringify(jsonOf(each, allowTight)));
