// Command `import`: the link of training files or of a measured row.

import {
  type Imported,
  type ImportLine,
  listHeading,
  knownFieldCount,
  IMPORT_LISTS,
  notModeledWords,
  unknownFieldsFirst,
} from "#interop/import/import-result.ts";
import type { Refusal, GivenFile } from "#interop/import/source-fields.ts";
import { type ImportedRow, importMeasuredRow } from "#interop/measure/measured-rows.ts";
import { formatGib } from "#format/bytes.ts";
import { printableLine } from "#package/terminal-text.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { importFiles } from "#interop/import/import-files.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { runCommand, UNREADABLE } from "./command.ts";
import { givenFile, type Command, type Terminal } from "./terminal.ts";

/** "train.yaml:12  lora_rank: 8  →  r=8  (why)". */
const lineWords = ({ at, field, key, text, sentence }: ImportLine): string => {
  const place = at === null ? "" : `${at.file}:${at.line}  `;
  const became = key === null || text === null ? "" : `${at === null ? "" : "  →  "}${key}=${text}`;
  const why = sentence === null ? "" : `  (${sentence})`;
  return `  ${place}${at === null && became !== "" ? "" : field}${became}${why}`;
};

/** "checked 31 of 34 fields": those that are not known are not checked. */
const checkedWords = (known: number, all: number): string =>
  `checked ${known === all ? "" : `${known} of `}${all} ${all === 1 ? "field" : "fields"}`;

const refusalWords = ({ file, line, sentence }: Refusal): string =>
  `${file}${line === null ? "" : `:${line}`}: ${sentence}`;

/** What a measured row says, or why it is refused, for a person at a terminal: "Measured row of 2026-11-14 on NVIDIA L4: 18.9 GiB allocated." */
const rowWords = (imported: ImportedRow): readonly string[] => {
  if (imported.kind === "refused") return imported.refusals.map(refusalWords).map(printableLine);
  const { at, device, outcome, peakBytes, reservedBytes } = imported.row;
  const figures = [
    ...(peakBytes === null ? [] : [`${formatGib(peakBytes)} GiB allocated`]),
    ...(reservedBytes === null ? [] : [`${formatGib(reservedBytes)} GiB reserved`]),
  ];
  const became = [...(outcome === "ran" ? [] : ["out of memory"]), ...figures].join(", ");
  return [
    printableLine(
      `Measured row of ${at} on ${device?.name ?? "a CPU"}: ${became === "" ? "it ran, without a figure of a card" : became}.`,
    ),
  ];
};

/** The four lists of an import, or why a file is refused, for a person at a terminal. */
const importWords = (imported: Imported): readonly string[] => {
  if (imported.kind === "refused") return imported.refusals.map(refusalWords).map(printableLine);
  const { lists, tools, checked } = imported;
  const missing = notModeledWords(lists);
  return [
    `${tools.join(" and ")}: ${checkedWords(knownFieldCount(imported), checked)}${missing === null ? "" : `; ${missing}`}.`,
    ...IMPORT_LISTS.flatMap((list) =>
      lists[list].length === 0
        ? []
        : ["", `${listHeading(list, lists[list])}:`, ...unknownFieldsFirst(lists[list]).map(lineWords)],
    ),
  ].map(printableLine);
};

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
export const main: Command = runCommand<Asked>({
  name: "import",
  usage,
  options: {},
  askedOf: ({ rest }) => (rest.length === 0 ? "There is no file." : { paths: rest }),
  run,
});
