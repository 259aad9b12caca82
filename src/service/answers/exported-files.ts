import type { Catalog } from "#catalog/catalog.ts";
import { configLines } from "#interop/config-lines/config-lines.ts";
import type { ConfigLines } from "#interop/config-lines/lines-between.ts";
import type { ExportTool } from "#interop/export/export-tools.ts";
import type { Exported } from "#interop/export/exported.ts";
import type { Choices } from "#scenario/choices/choices.ts";
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

/** Files whose lines are written otherwise than those of the library that runs them. */
const WITHOUT_LINES: ReadonlySet<ExportTool> = new Set<ExportTool>(["trl-yaml", "ms-swift", "accelerate"]);

/** Writes the files with which a tool runs the method in focus. What writes them is fetched now: a page from which nobody takes files does without it. */
export const exportedFiles = async ({ tool, choices, since }: ToExport, here: Catalog): Promise<ToolFiles> => {
  const [catalog, { choicesOf, exportFiles }] = await Promise.all([
    wholeCatalog(here),
    import("#interop/export/export-files.ts"),
  ]);
  return {
    ...exportFiles(tool, choices, catalog),
    changes:
      since === null || WITHOUT_LINES.has(tool)
        ? null
        : configLines(choicesOf(tool, since), choicesOf(tool, choices), catalog),
  };
};
