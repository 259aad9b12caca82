import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { importFiles } from "#interop/import/import-files.ts";
import type { Imported } from "#interop/import/imported.ts";
import { linkValues, type LinkValue } from "#scenario/choices/link-values.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { importWords } from "./import-words.ts";
import type { Command } from "./terminal.ts";

/** A row of the expectations: link keys with the value, or the list of values, that count as right. */
type ExpectedRow = Readonly<{
  /** One file, or several that make one scenario. */
  file: string | readonly string[];
  tool: string;
  outcome: "import" | "refuse-or-say";
  expect: Readonly<Record<string, LinkValue | readonly LinkValue[]>>;
  /** What must be named among the words. */
  mention: readonly string[];
}>;

type Held = Readonly<{ tool: string; right: number; asked: number; wrong: readonly string[] }>;

const UNREADABLE = 2;

const plain = (value: LinkValue): string =>
  typeof value === "string" && value.includes(",") ? value.split(",").sort().join(",") : String(value);

/** What an import came to, key by key; null where it was refused. */
const valuesOf = (imported: Imported): Readonly<Record<string, LinkValue>> | null => {
  if (imported.kind === "refused") return null;
  const answer = toAnswer({ ...imported.choices, show: [imported.choices.method] }, FULL_CATALOG);
  return linkValues(answer.choices, answer.resolved);
};

const wrongField = (
  [key, expected]: readonly [string, LinkValue | readonly LinkValue[]],
  values: Readonly<Record<string, LinkValue>>,
): readonly string[] => {
  const right = [expected].flat();
  const found = values[key] ?? null;
  return right.some((value) => plain(value) === plain(found))
    ? []
    : [`${key} is ${String(found)}, not ${right.map(String).join(" or ")}`];
};

const hold = (row: ExpectedRow, imported: Imported): Held => {
  const words = importWords(imported).join("\n").toLowerCase();
  const values = valuesOf(imported);
  const unsaid = row.mention
    .filter((word) => !words.includes(word.toLowerCase()))
    .map((word) => `${word} is not mentioned`);
  const expected = Object.entries(row.expect);
  const wrong =
    values === null && row.outcome === "import"
      ? expected.map(([key]) => `${key}: the file was refused (${words.split("\n")[0]})`)
      : expected.flatMap((field) => (values === null ? [] : wrongField(field, values)));
  const asked = expected.length + row.mention.length;
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

/** `configs`: imports held against what each file must become. */
export const main: Command = async ({ args, print, complain }) => {
  const [path] = args;
  if (path === undefined || path.startsWith("-")) {
    complain("Usage: npm run -s configs -- EXPECTED.jsonl");
    return UNREADABLE;
  }
  const rows = (await readFile(path, "utf8"))
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as ExpectedRow);
  const held = await Promise.all(
    rows.map(async (row) => {
      const names = [row.file].flat();
      const files = await Promise.all(
        names.map(async (name) => ({ name: basename(name), text: await readFile(join(dirname(path), name), "utf8") })),
      );
      return { ...hold(row, importFiles(files, { catalog: FULL_CATALOG, base: DEFAULT_CHOICES })), names };
    }),
  );
  for (const { names, wrong } of held) for (const each of wrong) print(`${names.join(" + ")}: ${each}`);
  for (const line of byTool(held)) print(line);
  const right = held.reduce((sum, each) => sum + each.right, 0);
  const asked = held.reduce((sum, each) => sum + each.asked, 0);
  print(`${right} of ${asked} fields right over ${held.length} files`);
  return right === asked ? 0 : 1;
};
