import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { importFiles } from "#interop/import/import-files.ts";
import type { Imported } from "#interop/import/imported.ts";
import type { GivenFile } from "#interop/import/source.ts";
import { type ImportedRow, importMeasuredRow } from "#interop/measured/import-measured-row.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { encodeLink } from "#scenario/choices/url.ts";
import { framed, UNREADABLE } from "./framed.ts";
import { givenFile } from "./given-file.ts";
import { importWords, rowWords } from "./import-words.ts";
import type { Command, Terminal } from "./terminal.ts";

const usage = (called: string): string => `Usage: ${called} FILE... or -

Reads training files of other tools (Axolotl, LLaMA-Factory, torchtune, TRL, Unsloth, ms-swift, PEFT, accelerate, DeepSpeed, torchtitan, config.json)
and prints the link of the scenario that they describe. Several files make one scenario: a YAML and the DeepSpeed JSON that it names.

What a scenario's measuring script printed (a measured row) is read, too: its link is that of the scenario that was measured.

  -    reads a file from standard input

The link is the last line of standard output; what was read, assumed, ignored or is not modelled goes to standard error.
Ends with 0, 1 when a field that changes memory could not be taken, 2 without a link.`;

/** The link of a measured row, or why it is none. */
const printRow = (imported: ImportedRow, { print, complain }: Terminal): number => {
  for (const line of rowWords(imported)) complain(line);
  if (imported.kind === "refused") return UNREADABLE;
  print(encodeLink(imported.choices));
  return 0;
};

/** The link of training files, and what became of their fields. */
const printFiles = (imported: Imported, { print, complain }: Terminal): number => {
  for (const line of importWords(imported)) complain(line);
  if (imported.kind === "refused") return UNREADABLE;
  print(encodeLink(imported.choices));
  return imported.lists.notModelled.length > 0 ? 1 : 0;
};

type Asked = Readonly<{ paths: readonly string[] }>;

const run = async ({ paths }: Asked, terminal: Terminal): Promise<number> => {
  const files = await Promise.all(paths.map((path) => givenFile(path, terminal)));
  if (files.includes(null)) return UNREADABLE;
  const given = files as readonly GivenFile[];
  const row = importMeasuredRow(given, FULL_CATALOG);
  if (row !== null) return printRow(row, terminal);
  return printFiles(importFiles(given, { catalog: FULL_CATALOG, base: DEFAULT_CHOICES }), terminal);
};

/** `import`: the link to what training files of other tools describe. */
export const main: Command = framed<Asked>({
  name: "import",
  usage,
  options: {},
  askedOf: ({ rest }) => (rest.length === 0 ? "There is no file." : { paths: rest }),
  run,
});
