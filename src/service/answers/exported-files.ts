import type { Catalog } from "#catalog/catalog.ts";
import { configLines, linesIn } from "#interop/config-lines/config-lines.ts";
import type { ConfigLibrary } from "#interop/config-lines/config-library.ts";
import { MS_SWIFT_LINES } from "#interop/config-lines/libraries/ms-swift.ts";
import { TRL_YAML_LINES } from "#interop/config-lines/libraries/trl-yaml.ts";
import type { ConfigLines } from "#interop/config-lines/lines-between.ts";
import type { ExportTool } from "#interop/export/export-tools.ts";
import type { Exported } from "#interop/export/exported.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { wholeCatalog } from "#service/whole-catalog.ts";

type ToExport = Readonly<{
  tool: ExportTool;
  choices: Choices;
  /** What a file that was imported came to; null: none was, or it is no part of the scenario any more. */
  since: Choices | null;
}>;

/** The files of a tool. */
export type ToolFiles = Exported &
  Readonly<{
    /** The lines of the tool's file that changed since the import; null where there was none, and where such lines are written in no form of the tool's. */
    changes: ConfigLines | null;
  }>;

/** Whose lines a tool's file has, where they are not those of the library that runs it; null: none's. */
const OWN_LINES: Readonly<Partial<Record<ExportTool, ConfigLibrary | null>>> = {
  "trl-yaml": TRL_YAML_LINES,
  "ms-swift": MS_SWIFT_LINES,
  accelerate: null,
};

const changesOf = (
  tool: ExportTool,
  [before, after]: readonly [before: Choices, after: Choices],
  catalog: Catalog,
): ConfigLines | null => {
  const library = OWN_LINES[tool];
  if (library === null) return null;
  return library === undefined ? configLines(before, after, catalog) : linesIn(library, [before, after], catalog);
};

/** Writes the files with which a tool runs the method in focus. What writes them is fetched now: a page from which nobody takes files does without it. */
export const exportedFiles = async ({ tool, choices, since }: ToExport, here: Catalog): Promise<ToolFiles> => {
  const [catalog, { choicesOf, exportFiles }] = await Promise.all([
    wholeCatalog(here),
    import("#interop/export/export-files.ts"),
  ]);
  return {
    ...exportFiles(tool, choices, catalog),
    changes: since === null ? null : changesOf(tool, [choicesOf(tool, since), choicesOf(tool, choices)], catalog),
  };
};
