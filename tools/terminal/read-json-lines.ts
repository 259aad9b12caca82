import { FILE_TOO_LARGE } from "#interop/import/file-size-limit.ts";
import { type BaseIssue, type GenericSchema, safeParse } from "valibot";
import { fileText } from "./file-text.ts";

/** A row that is not as its file's rows have to be. */
export type RefusedRow = Readonly<{
  row: object;
  line: number;
  /** Where it stands: "rows.jsonl:7". */
  where: string;
  /** What is wrong with which field: "its gpu is null, not text". */
  why: string;
}>;

/** What a file in JSON lines has: rows as they should be, and those that are refused. */
export type ReadRows<Row> = Readonly<{
  rows: readonly Row[];
  refused: readonly RefusedRow[];
  /** Where a row of them stands. */
  where: (row: Row) => string;
}>;

/** A row of a file; or what is wrong with it. */
type Read<Row> = Readonly<{ row: Row } | { why: string }>;

const parsedLine = (line: string, where: string): object => {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below: the parser's own words do not name the line.
  }
  throw new Error(`${where} is no JSON object.`);
};

const textOf = (path: string): string => {
  let text: string | null;
  try {
    text = fileText(path);
  } catch {
    throw new Error(`${path} cannot be read.`);
  }
  if (text === null) throw new Error(`${path} is not read. ${FILE_TOO_LARGE}`);
  return text;
};

/** A field inside others as a person writes it: expected.step[0].peak_bytes. */
const nameOf = (keys: readonly unknown[]): string =>
  keys.map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`)).join("");

/** The first field that is missing or not what it should be, which the schema's message says. */
const whyNot = ([{ path, message }]: readonly [BaseIssue<unknown>, ...BaseIssue<unknown>[]]): string => {
  const name = nameOf((path ?? []).map(({ key }) => key));
  const value: unknown = path?.at(-1)?.value;
  return value === undefined ? `its ${name} is missing` : `its ${name} is ${JSON.stringify(value)}, not ${message}`;
};

/** Reads a row by a schema, whose messages say what a field has to be. */
export const bySchema =
  <Row>(schema: GenericSchema<unknown, Row>) =>
  (row: object): Read<Row> => {
    const parsed = safeParse(schema, row);
    return parsed.success ? { row: parsed.output } : { why: whyNot(parsed.issues) };
  };

/**
 * The rows of a file in JSON lines, for all commands that take one; a line that says where they come from is none.
 *
 * @throws Error in a sentence, when the file cannot be read or a line is no JSON object.
 */
export const readJsonLines = <Row>(path: string, read: (row: object) => Read<Row>): ReadRows<Row> => {
  const rows = new Map<Row, string>();
  const refused: RefusedRow[] = [];
  for (const [index, text] of textOf(path).split("\n").entries()) {
    if (text.trim() === "") continue;
    const line = index + 1;
    const row = parsedLine(text, `${path}, line ${line},`);
    if ("provenance" in row) continue;
    const found = read(row);
    const where = `${path}:${line}`;
    if ("row" in found) rows.set(found.row, where);
    else refused.push({ row, line, where, why: found.why });
  }
  return { rows: [...rows.keys()], refused, where: (row) => rows.get(row) ?? path };
};

/** A refused row as a person is told of it: "rows.jsonl:7: its gpu is null, not text." */
export const refusedLine = ({ where, why }: Pick<RefusedRow, "where" | "why">): string => `${where}: ${why}.`;
