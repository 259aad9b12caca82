import type { Catalog } from "#catalog/catalog.ts";
import type { GivenFile, Refusal } from "#interop/import/read-fields.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { type MeasuredRow, isMeasuredRow, readMeasuredRow, readRowValue } from "./read-measured-row.ts";

/** A measured row, and the choices that its link stands for. */
export type RowOfScenario = Readonly<{ row: MeasuredRow; choices: Choices }>;

/** What was brought as a measured row: one with its scenario, or why it is none. */
export type ImportedRow = Readonly<
  ({ kind: "measured" } & RowOfScenario) | { kind: "refused"; refusals: readonly Refusal[] }
>;

const WITH_OTHERS = "A measured row is read alone, and nothing else was read with it.";

/**
 * The scenario of a row. A link that cannot be taken as it is names another scenario than the one measured: it is refused.
 *
 * @returns sentences where it is refused
 */
const scenarioOfRow = (row: MeasuredRow, catalog: Catalog): RowOfScenario | readonly string[] => {
  const { value, issues } = decodeLink(row.link, catalog);
  return issues.length === 0
    ? { row, choices: value }
    : issues.map(({ message }) => `The link of the measured row: ${message}`);
};

/** Reads a file, or what was pasted, that is a measured row; null where none of them is one. */
export const importMeasuredRow = (files: readonly GivenFile[], catalog: Catalog): ImportedRow | null => {
  const rows = files.filter(({ text }) => isMeasuredRow(text));
  const [given] = rows;
  if (given === undefined) return null;
  const refuse = (sentences: readonly string[]): ImportedRow => ({
    kind: "refused",
    refusals: sentences.map((sentence) => ({ file: given.name, line: null, sentence })),
  });
  if (files.length > 1) return refuse([WITH_OTHERS]);
  const row = readMeasuredRow(given.text);
  if ("sentence" in row) return refuse([row.sentence]);
  const scenario = scenarioOfRow(row, catalog);
  return "row" in scenario ? { kind: "measured", ...scenario } : refuse(scenario);
};

/** Rows that were kept, each with its scenario; null in the place of one that cannot be read any more. */
export const measuredRows = (values: readonly unknown[], catalog: Catalog): readonly (RowOfScenario | null)[] =>
  values.map((value) => {
    const row = readRowValue(value);
    if ("sentence" in row) return null;
    const scenario = scenarioOfRow(row, catalog);
    return "row" in scenario ? scenario : null;
  });
