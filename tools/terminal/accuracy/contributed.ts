import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { AccuracyRun } from "#catalog/accuracy.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { formatCount } from "#format/numbers.ts";
import { importMeasuredRow, type MeasuredRow } from "#interop/measure/measured-rows.ts";
import { predictedOfRow } from "#interop/measure/row-comparison.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";

/** Rows that readers measured with the script of a scenario and contributed: one a file. */
export const CONTRIBUTED = "tests/golden/contributed";

/** A contributed row, and what is said of its scenario. */
export type HeldRow = Readonly<{
  /** The name of its file, without its ending. */
  id: string;
  row: MeasuredRow;
  answer: Answer;
  /** Of the method that was measured. */
  method: MethodAnswer;
  /** Of `max_memory_allocated` after loading; null where it was not measured, or the run did not get through. */
  compared: Readonly<{ predictedBytes: number; measuredBytes: number }> | null;
}>;

const comparedOf = (row: MeasuredRow, { estimate }: MethodAnswer): HeldRow["compared"] =>
  row.outcome === "ran" && row.peakBytes !== null
    ? { predictedBytes: predictedOfRow(estimate).peakBytes, measuredBytes: row.peakBytes }
    : null;

/** @throws Error in a sentence that names the file and what is wrong with it */
const heldRow = (path: string): HeldRow => {
  const imported = importMeasuredRow([{ name: path, text: readFileSync(path, "utf8") }], FULL_CATALOG);
  if (imported === null) throw new Error(`${path} is no measured row.`);
  if (imported.kind === "refused")
    throw new Error(`${path}: ${imported.refusals.map(({ sentence }) => sentence).join(" ")}`);
  const { row, choices } = imported;
  const answer = toAnswer(choices, FULL_CATALOG);
  const method = answer.methods.find((each) => each.method === choices.method);
  if (method === undefined) throw new Error(`${path}: its link does not show the method that was measured.`);
  return { id: basename(path, ".json"), row, answer, method, compared: comparedOf(row, method) };
};

/**
 * The rows of a folder, each from its link alone, in the order of their names; none where there is no such folder.
 *
 * @throws Error in a sentence, when a file is no row that can be read.
 */
export const contributedRows = (folder = CONTRIBUTED): readonly HeldRow[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith(".json"))
        .toSorted()
        .map((file) => heldRow(join(folder, file)))
    : [];

const conditionsOf = ({ row, answer: { choices } }: HeldRow): string =>
  [
    `batch ${choices.batch} × ${formatCount(choices.seq)} tokens`,
    ...(choices.method === "full" ? [] : [`rank ${choices.r}`]),
    row.device?.name ?? "a CPU",
  ].join(", ");

const seenOf = ({ row: { reservedBytes }, method: { estimate } }: HeldRow): AccuracyRun["seen"] =>
  reservedBytes === null
    ? null
    : {
        metric: "reserved",
        measuredBytes: reservedBytes,
        seenBytes: estimate.reservedBytes,
        neededBytes: estimate.neededBytes,
        by: estimate.basis,
      };

/** Contributed rows that got through their steps on a card, as the accuracy page shows runs. */
export const contributedRuns = (held: readonly HeldRow[]): readonly AccuracyRun[] =>
  held.flatMap((each) => {
    const { id, row, answer, method, compared } = each;
    if (compared === null) return [];
    return {
      id: `contributed.${id}`,
      source: "contributed",
      model: answer.model.name,
      method: method.method,
      stack: answer.choices.stack,
      framework: Object.entries(row.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
      group: "contributed",
      metric: "allocated",
      conditions: conditionsOf(each),
      ...compared,
      seen: seenOf(each),
      reason: null,
      link: encodeLink(answer.choices),
    };
  });
