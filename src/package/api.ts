// Public API of the npm package: estimate, advise, importConfig, exportFiles.

import { advise as adviceOn } from "#advice/advise.ts";
import { runToEnd } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { exportFiles as filesOf } from "#interop/export/export-files.ts";
import { EXPORT_TOOLS, type ExportTool, isExportTool } from "#interop/export/export-tools.ts";
import type { ExportedFile } from "#interop/export/exporter.ts";
import { importFiles } from "#interop/import/import-files.ts";
import type { GivenFile } from "#interop/import/source-fields.ts";
import { type EstimateJson, estimateJson } from "#scenario/choices/estimate-json.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { type AdviseJson, adviseJson, noAdviceJson } from "./advise-json.ts";
import { type Given, type KeyValue, readGiven, notKnownJson } from "./given-scenario.ts";
import { type ImportedLine, type ImportJson, importJson } from "./import-json.ts";

// The package as programs import it. Plain functions of plain data: nothing is asked of a network, no file is read, nothing is kept but the engine's
// own memory of what it has computed, and the same question gets the same answer in Node, in a worker and in a browser.

export type {
  AdviseJson,
  EstimateJson,
  ExportedFile,
  ExportTool,
  Given,
  GivenFile,
  ImportedLine,
  ImportJson,
  Issue,
  KeyValue,
};

/** The names of the tools that `exportFiles` writes for. */
export { EXPORT_TOOLS };

/** What `advise` answers, by its older name. */
export type Advised = AdviseJson;

/** The files of a tool, and what they cannot say. */
export type ExportJson = Readonly<{
  version: 1;
  link: string;
  /** The tool's own file first; then those beside it. */
  files: readonly ExportedFile[];
  /** What the tool cannot express of the scenario: one sentence each. */
  left: readonly string[];
  issues: readonly Issue[];
  /** A sentence where something that was asked for is not known: then there are no files. Else null. */
  notKnown: string | null;
  /** Known names near to what is not known, up to five. */
  nearest: readonly string[];
}>;

/**
 * How much GPU memory a scenario takes: for each method shown the peak that PyTorch allocates, its parts, what the card must have, and whether it fits.
 *
 * @param given a link, or its keys with values
 * @returns bytes are whole numbers, for each GPU; parameters are counts. What was wrong with `given` and what was used instead is in `issues`.
 * @throws TypeError where a text is no link at all
 */
export const estimate = (given: Given): EstimateJson => {
  const { value, issues } = readGiven(given);
  return estimateJson(toAnswer(value, FULL_CATALOG), issues);
};

/**
 * What to change so that the method in focus fits its card, each change with what it saves; the largest batch, sequence, rank and model that fit; and the
 * smallest card of each method. Every figure is a run of the engine: it takes a second or more, and blocks its thread.
 *
 * @param given a link, or its keys with values
 * @returns bytes are whole numbers, for each GPU; each `link` is the whole changed scenario
 * @throws TypeError where a text is no link at all
 */
export const advise = (given: Given): AdviseJson => {
  const { value, issues } = readGiven(given);
  return notKnownJson(value).notKnown === null
    ? adviseJson(runToEnd(adviceOn(value, FULL_CATALOG)), issues)
    : noAdviceJson(value, issues);
};

/**
 * Reads training files of other tools (docs/imports.md has which) as one scenario. Nothing of them is run, and no text makes it throw: what is no such file
 * is in `refusals`.
 *
 * @param files a text, or files with their names: a run, and what says more of it (a DeepSpeed JSON, a config.json)
 * @param base what files say nothing of: the card; where they are only a part of a run, the rest of it
 * @returns a link for `estimate`, `advise` and `exportFiles`, and what it leaves out
 * @throws TypeError where `base` is a text and no link
 */
export const importConfig = (files: string | readonly GivenFile[], base: Given = {}): ImportJson => {
  const given = typeof files === "string" ? [{ name: "text", text: files }] : files;
  return importJson(importFiles(given, { catalog: FULL_CATALOG, base: readGiven(base).value }));
};

/**
 * The files with which a tool runs the method in focus, each with its estimate and its link at the top. Words in capitals (YOUR_DATASET) are to be replaced.
 *
 * @param tool one of `EXPORT_TOOLS`
 * @param given a link, or its keys with values
 * @throws TypeError where there is no such tool, or a text is no link at all
 */
export const exportFiles = (tool: ExportTool, given: Given): ExportJson => {
  if (!isExportTool(tool))
    throw new TypeError(`There is no tool ${JSON.stringify(tool)}: ${EXPORT_TOOLS.join(", ")} are there.`);
  const { value, issues } = readGiven(given);
  const files = filesOf(tool, value, FULL_CATALOG);
  return { version: 1, link: encodeLink(value), ...files, issues, ...notKnownJson(value) };
};
