import type { ObjectiveId } from "#calc/model/objective.ts";
import { lacksBeside } from "./architecture-fields.ts";
import { bySchema, readJsonLines, type RefusedRow } from "./read-json-lines.ts";
import type { CountsRow } from "./reference-counts.ts";
import { COUNTS_ROW, REFERENCE_ROW, SHORT_ROW } from "./reference-fields.ts";
import type { ReferenceRow, ReferenceSettings, ShortRow } from "./reference-row.ts";
import { isCounted } from "./trl-version.ts";
import { isRunRow, readRunRow, type RunRow } from "./reference-run-rows.ts";

const inFull = ({ staticBytes, peakBytes, step, ...settings }: ShortRow): ReferenceRow => {
  const moments = Object.entries(step).map(([moment, [live, peak]]) => ({
    moment,
    live_bytes: live,
    peak_bytes: peak,
  }));
  return { ...settings, expected: { static_bytes: staticBytes, peak_bytes: peakBytes, step: moments } };
};

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** TRL's trainer for distillation has a name of its own. */
const OTHER_NAMES: Readonly<Record<string, ObjectiveId>> = { gkd: "distill" };

const withObjective = (row: object): object => {
  const other = "objective" in row && OTHER_NAMES[String(row.objective)];
  return other ? { ...row, objective: other } : row;
};

/** A key that is null does not apply, as one that is absent; so in the shape of a model. */
const withoutNulls = (value: object): object =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null)
      .map(([key, each]: [string, unknown]) => [
        key,
        key === "architecture" && isObject(each) ? withoutNulls(each) : each,
      ]),
  );

/** A row of any format, read: of counts where it has some of theirs, of a moment outside the step where it names one. */
type Found = Readonly<{ counts: CountsRow } | { memory: ReferenceRow } | { run: RunRow }>;

const hasOneOf = (row: object, keys: readonly string[]): boolean => keys.some((key) => Object.hasOwn(row, key));

/** What a row lacks beside what it has: every adapter has a rank but that of IA3. */
const lacks = ({
  method,
  tuner,
  r,
  architecture,
  trl_version,
  objective = "sft",
}: ReferenceSettings): string | null => {
  if (trl_version !== undefined && !isCounted(trl_version, objective))
    return `its trl_version is one of which ${objective} is not counted`;
  if (method !== "full" && tuner !== "ia3" && r === undefined) return "its r is missing";
  const field = architecture === undefined ? null : lacksBeside(architecture);
  return field === null ? null : `its architecture.${field} is missing`;
};

const readRow = (given: object): Readonly<{ row: Found } | { why: string }> => {
  const row = withObjective(withoutNulls(given));
  // What the schemas let through is of the types that they are made of.
  if (hasOneOf(row, ["lora_r16", "linear_params"])) {
    const read = bySchema(COUNTS_ROW)(row);
    return "why" in read ? read : { row: { counts: row as CountsRow } };
  }
  if (isRunRow(row)) {
    const read = readRunRow(row);
    return "why" in read ? read : { row: { run: read.row } };
  }
  const isShort = hasOneOf(row, ["staticBytes", "peakBytes"]);
  const read = bySchema<object>(isShort ? SHORT_ROW : REFERENCE_ROW)(row);
  if ("why" in read) return read;
  const why = lacks(row as ReferenceSettings);
  if (why !== null) return { why };
  return { row: { memory: isShort ? inFull(row as ShortRow) : (row as ReferenceRow) } };
};

/** Rows of all formats, where each stands, and those that are refused. */
export type ReferenceRows = Readonly<{
  memory: readonly ReferenceRow[];
  counts: readonly CountsRow[];
  runs: readonly RunRow[];
  refused: readonly RefusedRow[];
  where: (row: ReferenceRow | CountsRow | RunRow) => string;
}>;

const rowIn = (found: Found): ReferenceRow | CountsRow | RunRow => {
  if ("counts" in found) return found.counts;
  return "run" in found ? found.run : found.memory;
};

/**
 * Rows of a file in JSON lines; a line that says where they come from is none.
 *
 * @throws Error in a sentence, when the file cannot be read or a line is no JSON object.
 */
export const readReferenceRows = (path: string): ReferenceRows => {
  const { rows, refused, where } = readJsonLines(path, readRow);
  const places = new Map(rows.map((row) => [rowIn(row), where(row)]));
  return {
    memory: rows.flatMap((row) => ("memory" in row ? [row.memory] : [])),
    counts: rows.flatMap((row) => ("counts" in row ? [row.counts] : [])),
    runs: rows.flatMap((row) => ("run" in row ? [row.run] : [])),
    refused,
    where: (row) => places.get(row) ?? path,
  };
};
