import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { bareFiles } from "#interop/export/export-files.ts";
import type { Exported } from "#interop/export/exporter.ts";
import type { ExportTool } from "#interop/export/export-tools.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { settle } from "#scenario/choices/settle.ts";

/** The default scenario with some choices changed. */
export const changedChoices = (patch: Partial<Choices>): Choices => settle({ ...DEFAULT_CHOICES, ...patch });

/** Its export, with nothing but how it starts at the top. */
export const exported = (tool: ExportTool, patch: Partial<Choices>): Exported =>
  bareFiles(tool, changedChoices(patch), FULL_CATALOG);

/** The text of one of its files; the tool's own where no name is given. */
export const textOf = (tool: ExportTool, patch: Partial<Choices>, name?: string): string => {
  const { files } = exported(tool, patch);
  const file = name === undefined ? files[0] : files.find((each) => each.name === name);
  if (file === undefined) throw new Error(`${tool} has no file ${name}`);
  return file.text;
};

/** Its lines without comments and empty ones. */
export const linesOf = (text: string): readonly string[] =>
  text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("# "));
