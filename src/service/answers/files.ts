// Files exported and imported, the answer as JSON, and answers to pinned scenarios.

import type { Catalog } from "#catalog/catalog.ts";
import { configLines, linesIn, type ConfigLines } from "#interop/config-lines/config-lines.ts";
import type { ConfigLibrary } from "#interop/config-lines/setting.ts";
import { MS_SWIFT_LINES } from "#interop/config-lines/libraries/ms-swift.ts";
import { TRL_YAML_LINES } from "#interop/config-lines/libraries/trl-yaml.ts";
import type { ExportTool } from "#interop/export/export-tools.ts";
import type { Exported } from "#interop/export/exporter.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { wholeCatalog } from "#service/whole-catalog.ts";
import { METHODS } from "#calc/model/scenario.ts";
import type { Imported, ImportLine, ImportLists } from "#interop/import/import-result.ts";
import type { GivenFile } from "#interop/import/source-fields.ts";
import type { ImportedError } from "#interop/oom/error-scenario.ts";
import type { ImportedRow, RowOfScenario } from "#interop/measure/measured-rows.ts";
import { type EstimateJson, estimateJson } from "#scenario/choices/estimate-json.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import { withLook } from "#scenario/choices/settle.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import type { ErrorReport } from "#interop/oom/error-report.ts";
import type { OomMessage } from "#interop/oom/oom-message.ts";
import type { MeasuredText } from "#interop/measure/measured-scenario.ts";

type ToExport = Readonly<{
  tool: ExportTool;
  choices: Choices;
  /** What a file that was imported came to; null: none was, or it is no part of the scenario any more. */
  since: Choices | null;
}>;

/** The files of a tool. */
type ToolFiles = Exported &
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
  const [catalog, { choicesForTool: choicesOf, exportFiles }] = await Promise.all([
    wholeCatalog(here),
    import("#interop/export/export-files.ts"),
  ]);
  return {
    ...exportFiles(tool, choices, catalog),
    changes: since === null ? null : changesOf(tool, [choicesOf(tool, since), choicesOf(tool, choices)], catalog),
  };
};

type ToImport = Readonly<{
  files: readonly GivenFile[];
  /** What stays where the files say nothing. */
  choices: Choices;
  /** They are known to be a model's config.json, whatever they look like. */
  isModel?: boolean;
}>;

type Read = Extract<Imported, { kind: "imported" }>;

/** The imported choices with the look of the page and the methods that are shown, of which files say nothing. */
const onPage = (imported: Choices, before: Choices): Choices => ({
  ...withLook(imported, before),
  show: METHODS.filter((method) => before.show.includes(method) || method === imported.method),
});

const lockedLine = (line: ImportLine): ImportLine => ({ ...line, sentence: "The link locks this: it stays as it is." });

/** What a link locks no file changes. */
const withLocks = ({ notModelled, assumed, read, ignored }: ImportLists, lock: readonly string[]): ImportLists => {
  const isLocked = ({ key }: ImportLine): boolean => key !== null && lock.includes(key);
  const isOpen = (line: ImportLine): boolean => !isLocked(line);
  return {
    notModelled: [...notModelled, ...read.filter(isLocked).map(lockedLine)],
    assumed: assumed.filter(isOpen),
    read: read.filter(isOpen),
    ignored,
  };
};

const onThisPage = (imported: Read, before: Choices): Read => ({
  ...imported,
  choices: onPage(imported.choices, before),
  lists: withLocks(imported.lists, before.lock),
});

/** What every measured row has; no reader of one is fetched for a text without it. */
const OF_A_ROW = /"headroom"\s*:/;

/** A measured row among files; null where there is none. */
const rowOf = async ({ files, choices }: ToImport, here: Catalog): Promise<ImportedRow | null> => {
  if (!files.some(({ text }) => OF_A_ROW.test(text))) return null;
  const [catalog, { importMeasuredRow }] = await Promise.all([
    wholeCatalog(here),
    import("#interop/measure/measured-rows.ts"),
  ]);
  const imported = importMeasuredRow(files, catalog);
  return imported?.kind === "measured" ? { ...imported, choices: onPage(imported.choices, choices) } : imported;
};

/** What every error of memory has; no reader of one is fetched for a text without it. */
const OF_AN_ERROR = /memory|alloc|nccl error/i;

/** What reads errors; null where no file can be one. */
const errorReader = (files: readonly GivenFile[]) =>
  files.some(({ text }) => OF_AN_ERROR.test(text)) ? import("#interop/oom/error-scenario.ts") : null;

const onPageBeside = (error: ImportedError, before: Choices): ImportedError => ({
  ...error,
  beside: error.beside && onThisPage(error.beside, before),
});

/**
 * Reads a measured row, an out-of-memory message, a model's config.json, or training files of other tools. What reads them is fetched now: a page to which nobody
 * brings files does without it.
 */
export const importedFiles = async (
  asked: ToImport,
  here: Catalog,
): Promise<Imported | ImportedRow | ImportedError> => {
  const { files, choices, isModel = false } = asked;
  const row = await rowOf(asked, here);
  if (row !== null) return row;
  const [catalog, reader] = await Promise.all([wholeCatalog(here), isModel ? null : errorReader(files)]);
  const error = reader?.importedError(files, { catalog, base: choices });
  if (error) return onPageBeside(error, choices);
  const { importFiles } = await import("#interop/import/import-files.ts");
  const imported = importFiles(files, { catalog, base: choices, isModel });
  if (imported.kind === "imported") return onThisPage(imported, choices);
  const refusals = reader?.errorsWithoutFigure(files) ?? [];
  return refusals.length > 0 ? { kind: "refused", refusals } : imported;
};

type Asked = Readonly<{
  choices: Choices;
  /** What was wrong with the link that brought them. */
  issues: readonly Issue[];
}>;

/** The answer as `estimate --json` prints it. */
export const jsonAnswer = ({ choices, issues }: Asked, catalog: Catalog): EstimateJson =>
  estimateJson(toAnswer(choices, catalog), issues);

type ToExplain = Readonly<{
  message: OomMessage;
  /** The run that it is held against, with the method in focus. */
  choices: Choices;
}>;

/** Which tensor of a run an out-of-memory message was about. What finds it is fetched now: a page to which nobody brings an error does without it. */
export const explainedError = async ({ message, choices }: ToExplain, catalog: Catalog): Promise<ErrorReport> => {
  const { errorReportForChoices: explainedAgainst } = await import("#interop/oom/error-report.ts");
  return explainedAgainst(message, choices, catalog);
};

/** Measured rows that were kept, each with its scenario; null in the place of one that cannot be read any more. Their reader is fetched now: most pages keep none. */
export const keptRows = async (
  { values }: Readonly<{ values: readonly unknown[] }>,
  here: Catalog,
): Promise<readonly (RowOfScenario | null)[]> => {
  const [catalog, { measuredRows }] = await Promise.all([
    wholeCatalog(here),
    import("#interop/measure/measured-rows.ts"),
  ]);
  return measuredRows(values, catalog);
};

type ToMeasure = Readonly<{
  choices: Choices;
  /** A script of its own, or a callback for a run that the user has. */
  as: "script" | "callback";
}>;

/** The program that measures the method in focus. What writes it is fetched now: a page on which nobody measures does without it. */
export const measuringText = async ({ choices, as }: ToMeasure, here: Catalog): Promise<MeasuredText> => {
  const [catalog, { measureScript }, { measureCallback }] = await Promise.all([
    wholeCatalog(here),
    import("#interop/measure/measure-script.ts"),
    import("#interop/measure/measure-callback.ts"),
  ]);
  return (as === "script" ? measureScript : measureCallback)(choices, catalog);
};
