import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { array, boolean, looseObject, null_, number, record, string, union } from "valibot";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { importFiles } from "#interop/import/import-files.ts";
import { type Imported, type ImportLine, isUnknown } from "#interop/import/import-result.ts";
import { linkValues, type LinkValue } from "#scenario/choices/estimate-json.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { callersPath, type Command, type Terminal } from "#package/commands/terminal.ts";
import { runCommand, UNREADABLE } from "#package/commands/command.ts";
import { bySchema, readJsonLines, refusedLine } from "./read-json-lines.ts";
import { oneOf, text } from "./row-fields.ts";

/** A value that a key of the link must have; 0 and 1 are numbers there. */
type Value = LinkValue | boolean;

/** A row of the expectations: link keys with the value, or the list of values, that count as right. */
type ExpectedRow = Readonly<{
  /** One file, or several that make one scenario. */
  file: string | readonly string[];
  tool: string;
  outcome: "import" | "refuse-or-say";
  expect: Readonly<Record<string, Value | readonly Value[]>>;
  /** What must be named among the words. */
  mention: readonly string[];
}>;

const VALUES = "a value of a link's key, or a list of them";
const VALUE = union([string(), number(), boolean(), null_()], VALUES);

type Held = Readonly<{ tool: string; right: number; asked: number; wrong: readonly string[] }>;

/** Of each field of the expectations, what it can be. */
const ROW = looseObject({
  file: union([text, array(text)], "a file or a list of files"),
  tool: text,
  outcome: oneOf(["import", "refuse-or-say"]),
  expect: record(string(), union([VALUE, array(VALUE)], VALUES), "keys of a link"),
  mention: array(text, "a list of words"),
});

const USAGE = `Usage: npm run -s configs -- EXPECTED.jsonl

Imports training files of other tools and holds what they become against what they must become: rows in JSON lines, { file, tool, outcome, expect, mention }, of files that
lie beside EXPECTED.jsonl.

Ends with 0 when all is right, 1 when something is not, 2 when a row or a file cannot be read.`;

const plain = (value: Value): string =>
  typeof value === "string" && value.includes(",") ? value.split(",").sort().join(",") : String(value);

/** What an import came to, key by key; null where it was refused. */
const valuesOf = (imported: Imported): Readonly<Record<string, LinkValue>> | null => {
  if (imported.kind === "refused") return null;
  const answer = toAnswer({ ...imported.choices, show: [imported.choices.method] }, FULL_CATALOG);
  return linkValues(answer.choices, answer.resolved);
};

const wrongField = (
  [key, expected]: readonly [string, Value | readonly Value[]],
  values: Readonly<Record<string, LinkValue>>,
): readonly string[] => {
  const right = [expected].flat();
  const found = values[key] ?? null;
  return right.some((value) => plain(value) === plain(found))
    ? []
    : [`${key} is ${String(found)}, not ${right.map(String).join(" or ")}`];
};

/** What a line says of a field: what it became, or why it did not. */
const wordsOf = ({ field, key, text, sentence }: ImportLine): string =>
  [field, ...(key === null || text === null ? [] : [`${key}=${text}`]), sentence ?? ""].join(" ");

/**
 * Where it counts that something is named: in a refusal, and in lines that say what became of a field or why it changes nothing. That a field is listed as
 * not known, or as ignored without a word, counts for nothing; nor do names of files.
 */
const mentionsOf = (imported: Imported): string => {
  if (imported.kind === "refused") return imported.refusals.map(({ sentence }) => sentence).join("\n");
  const { notModelled, assumed, read, ignored } = imported.lists;
  const explained = ignored.filter((line) => line.sentence !== null && !isUnknown(line));
  return [...notModelled, ...assumed, ...read, ...explained].map(wordsOf).join("\n");
};

const hold = (row: ExpectedRow, imported: Imported): Held => {
  const words = mentionsOf(imported).toLowerCase();
  const values = valuesOf(imported);
  const unsaid = row.mention
    .filter((word) => !words.includes(word.toLowerCase()))
    .map((word) => `${word} is not mentioned`);
  const expected = Object.entries(row.expect);
  const asked = expected.length + row.mention.length;
  // Nothing of a file is right that is to be imported and is refused.
  if (values === null && row.outcome === "import") {
    const sentence = `the file was refused (${words.split("\n")[0]})`;
    return { tool: row.tool, asked: Math.max(1, asked), right: 0, wrong: [sentence] };
  }
  const wrong = expected.flatMap((field) => (values === null ? [] : wrongField(field, values)));
  return { tool: row.tool, asked, right: asked - wrong.length - unsaid.length, wrong: [...wrong, ...unsaid] };
};

const byTool = (held: readonly Held[]): readonly string[] => {
  const tools = [...new Set(held.map(({ tool }) => tool))].sort();
  return tools.map((tool) => {
    const own = held.filter((each) => each.tool === tool);
    const sum = (of: "right" | "asked"): number => own.reduce((total, each) => total + each[of], 0);
    return `${tool.padEnd(20)} ${sum("right")} of ${sum("asked")} over ${own.length}`;
  });
};

/** A row held against what its files become. */
const heldRow = async (row: ExpectedRow, folder: string): Promise<Held & Readonly<{ names: readonly string[] }>> => {
  const names = [row.file].flat();
  const files = await Promise.all(
    names.map(async (name) => ({ name: basename(name), text: await readFile(join(folder, name), "utf8") })),
  );
  return { ...hold(row, importFiles(files, { catalog: FULL_CATALOG, base: DEFAULT_CHOICES })), names };
};

const report = (held: readonly (Held & Readonly<{ names: readonly string[] }>)[]): readonly string[] => {
  const sum = (of: "right" | "asked"): number => held.reduce((total, each) => total + each[of], 0);
  return [
    ...held.flatMap(({ names, wrong }) => wrong.map((each) => `${names.join(" + ")}: ${each}`)),
    ...byTool(held),
    `${sum("right")} of ${sum("asked")} fields right over ${held.length} files`,
  ];
};

type Asked = Readonly<{ path: string }>;

const run = async ({ path: given }: Asked, terminal: Terminal): Promise<number> => {
  const { print, complain } = terminal;
  const path = callersPath(given, terminal);
  try {
    const { rows, refused } = readJsonLines(path, bySchema<ExpectedRow>(ROW));
    for (const each of refused) complain(refusedLine(each));
    if (rows.length === 0) {
      complain(`${path} has no rows.`);
      return UNREADABLE;
    }
    const held = await Promise.all(rows.map((row) => heldRow(row, dirname(path))));
    for (const line of report(held)) print(line);
    if (refused.length > 0) return UNREADABLE;
    return held.every(({ right, asked }) => right === asked) ? 0 : 1;
  } catch (error) {
    complain(`The rows cannot be held: ${error instanceof Error ? error.message : String(error)}`);
    return UNREADABLE;
  }
};

/** `configs`: imports held against what each file must become. */
export const main: Command = runCommand<Asked>({
  name: "configs",
  usage: () => USAGE,
  options: {},
  askedOf: ({ rest: [path, other] }) => {
    if (path === undefined) return "There is no file of expectations.";
    return other === undefined ? { path } : "configs takes one file.";
  },
  run,
});
