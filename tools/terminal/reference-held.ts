import { refusedLine } from "./read-json-lines.ts";
import { type CountErrors, countErrorsOf } from "./reference-counts.ts";
import { errorsOf, type NamedRow, type RowErrors } from "./reference-errors.ts";
import { readReferenceRows, type ReferenceRows } from "./reference-rows.ts";
import { rowsWithTable, runErrorsOf, runScenarioOf } from "./reference-run-errors.ts";
import { scenarioOf } from "./reference-scenario.ts";

/** Rows held against the engine, and a sentence for each that is not. */
export type HeldRows = Readonly<{
  errors: readonly RowErrors<NamedRow>[];
  counts: readonly CountErrors[];
  /** Rows that cannot be read, or make no run. */
  refused: readonly string[];
  /** Rows of models that the catalog does not have. */
  unknown: readonly string[];
}>;

type Row = ReferenceRows["memory" | "counts" | "runs"][number];
type Held = Readonly<
  { error: RowErrors<NamedRow> } | { count: CountErrors } | { refused: string } | { unknown: string }
>;

const notInCatalog = (field: string, name: string): string =>
  `its ${field} is ${JSON.stringify(name)}, which the catalog does not have`;

const NO_FIGURE: Held = { refused: "its fields give no figure" };

type MemoryRow = Exclude<Row, ReferenceRows["counts"][number]>;
type WithTable = ReturnType<typeof rowsWithTable>;

/** null where the catalog does not have the model. */
const memoryErrorOf = (row: MemoryRow, withTable: WithTable): RowErrors<NamedRow> | null => {
  if ("run" in row) {
    const scenario = runScenarioOf(row);
    return scenario && runErrorsOf(row, scenario, withTable.has(row));
  }
  const scenario = scenarioOf(row);
  return scenario && errorsOf(row, scenario);
};

const heldRow = (row: Row, withTable: WithTable): Held => {
  if ("lora_r16" in row) {
    const count = countErrorsOf(row);
    if (count === null) return { unknown: notInCatalog("id", row.id) };
    return Object.values(count.errors).every(Number.isFinite) ? { count } : NO_FIGURE;
  }
  const error = memoryErrorOf(row, withTable);
  if (error === null) return { unknown: `${notInCatalog("model", row.model)}, and it has no architecture` };
  return Object.values(error.marks).every(Number.isFinite) ? { error } : NO_FIGURE;
};

/** A run that the engine cannot make breaks no command: its row is named. */
const tried = (row: Row, withTable: WithTable): Held => {
  try {
    return heldRow(row, withTable);
  } catch (error) {
    return { refused: `its fields make no run that is known here (${error instanceof Error ? error.message : "?"})` };
  }
};

/**
 * Holds the rows of a file against the engine.
 *
 * @throws Error in a sentence, when the file cannot be read or a line is no JSON object.
 */
export const holdRows = (path: string): HeldRows => {
  const { memory, counts, runs, refused, where } = readReferenceRows(path);
  const withTable = rowsWithTable(runs);
  const all = [...memory, ...runs, ...counts].map((row) => ({ where: where(row), held: tried(row, withTable) }));
  const lineOf = (at: string, why: string): string => refusedLine({ where: at, why });
  return {
    errors: all.flatMap(({ held }) => ("error" in held ? [held.error] : [])),
    counts: all.flatMap(({ held }) => ("count" in held ? [held.count] : [])),
    refused: [
      ...refused.map(refusedLine),
      ...all.flatMap(({ where: at, held }) => ("refused" in held ? [lineOf(at, held.refused)] : [])),
    ],
    unknown: all.flatMap(({ where: at, held }) => ("unknown" in held ? [lineOf(at, held.unknown)] : [])),
  };
};
