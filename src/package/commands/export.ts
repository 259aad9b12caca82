// Command `export`: the files with which another tool runs a link.

import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { exportFiles } from "#interop/export/export-files.ts";
import { EXPORT_TOOLS, type ExportTool, isExportTool } from "#interop/export/export-tools.ts";
import type { ExportedFile } from "#interop/export/exporter.ts";
import { readLink, oneLink } from "#package/given-scenario.ts";
import { runCommand, UNREADABLE, type Arguments } from "./command.ts";
import type { Command, Terminal } from "./terminal.ts";

const usage = (called: string): string => `Usage: ${called} TOOL LINK

Prints the file with which a tool runs the method in focus of a link, and names on standard error what the tool cannot express.

  TOOL    ${EXPORT_TOOLS.join(", ")}
  LINK    ?v=1&model=llama-3.1-8b&method=qlora&gpu=rtx-4090, or the whole address; quote it, because of the &

What the link leaves open is the tool's own. Words in capitals (YOUR_DATASET) are to be replaced. Several files are printed one after the other, the
name of each before it as "==> train.py <==". Ends with 0, or 2 where there was no tool or link to read, or the link names something
that is not known.`;

/** Files as they are printed: one by itself, several under their names. */
const printed = (files: readonly ExportedFile[]): readonly string[] =>
  files.flatMap(({ name, text }) => {
    const lines = text.replace(/\n$/, "").split("\n");
    return files.length === 1 ? lines : [`==> ${name} <==`, ...lines];
  });

type Asked = Readonly<{ tool: ExportTool; search: string }>;

/** The tool comes first. */
const askedOf = ({ rest: [tool = "", ...links] }: Arguments): Asked | string => {
  if (!isExportTool(tool)) return `There is no tool ${JSON.stringify(tool)}.`;
  const given = oneLink(links, { command: "export", after: tool });
  return typeof given === "string" ? given : { tool, search: given.search };
};

const run = ({ tool, search }: Asked, { print, complain }: Terminal): number => {
  const { value, issues } = readLink(search);
  const { files, left } = exportFiles(tool, value, FULL_CATALOG);
  for (const line of printed(files)) print(line);
  for (const sentence of new Set([...issues.map(({ message }) => message), ...left])) complain(sentence);
  return files.length === 0 ? UNREADABLE : 0;
};

/** `export`: the files of a tool for a link. */
export const main: Command = runCommand<Asked>({ name: "export", usage, options: {}, askedOf, run });
