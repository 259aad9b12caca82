import { readFileSync } from "node:fs";
import { type BaseIssue, type GenericSchema, safeParse } from "valibot";
import type { LeftOutRun } from "./left-out-run.ts";

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
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new Error(`${path} cannot be read.`);
  }
};

/** What a file in JSON lines has: rows as they should be, and why the others are left out. */
export type ReadRows<Row> = Readonly<{ rows: readonly Row[]; leftOut: readonly LeftOutRun[] }>;

type Named = Readonly<{ id: string; source: string }>;

/** The first field that is missing or not what it should be, which the schema's message says. */
const whyNot = ([{ path, message }]: readonly [BaseIssue<unknown>, ...BaseIssue<unknown>[]]): string => {
  const [field] = path ?? [];
  const name = String(field?.key);
  return field?.value === undefined
    ? `its ${name} is missing`
    : `its ${name} is ${JSON.stringify(field.value)}, not ${message}`;
};

const readRow = <Row extends Named>(
  row: object,
  line: number,
  schema: GenericSchema<unknown, Row>,
): Row | LeftOutRun => {
  const parsed = safeParse(schema, row);
  if (parsed.success) return parsed.output;
  const { id, source } = row as Partial<Record<keyof Named, unknown>>;
  const run = { id: typeof id === "string" ? id : `line ${line}`, source: typeof source === "string" ? source : "" };
  return { run, why: whyNot(parsed.issues) };
};

/**
 * The rows of a file in JSON lines; a line that says where they come from is none.
 *
 * @throws Error in a sentence, when the file cannot be read or a line is no JSON object.
 */
export const readJsonLines = <Row extends Named>(path: string, schema: GenericSchema<unknown, Row>): ReadRows<Row> => {
  const all = textOf(path)
    .split("\n")
    .map((text, index) => ({ text, line: index + 1 }))
    .filter(({ text }) => text.trim() !== "")
    .map(({ text, line }) => ({ row: parsedLine(text, `${path}, line ${line},`), line }))
    .filter(({ row }) => !("provenance" in row))
    .map(({ row, line }) => readRow(row, line, schema));
  return {
    rows: all.filter((each): each is Row => !("why" in each)),
    leftOut: all.filter((each): each is LeftOutRun => "why" in each),
  };
};
