// The scenario given beside an OOM error: a pasted config or command, or files.

import type { Catalog } from "#catalog/catalog.ts";
import { importFiles } from "#interop/import/import-files.ts";
import type { Imported } from "#interop/import/import-result.ts";
import type { GivenFile, Refusal } from "#interop/import/source-fields.ts";
import { plainText } from "./traceback.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type OomMessage, readOom, readOoms } from "./oom-message.ts";

/** The run that stands beside an error, as the importer takes it. */
type ScenarioBeside = Imported & Readonly<{ kind: "imported" }>;

/** A longer piece of a text is a log, and no config. */
const LONGEST_PIECE = 20_000;
/** Pieces of a text that are tried, each a run of the importer. */
const MOST_PIECES = 40;

/** Whether a piece can be a config or a command: it sets something. */
const setsSomething = (piece: string): boolean =>
  piece.length <= LONGEST_PIECE &&
  /(?:^|\s)(?:--\w|[\w.]{1,80}\s?[:=]\s?\S)/m.test(piece) &&
  !piece.includes("Traceback (most");

/** A config of several paragraphs around an error, above its traceback or below it, each as a whole. */
const aroundErrors = (text: string): readonly string[] => {
  const first = [text.indexOf("Traceback (most"), text.indexOf("out of memory")].filter((at) => at !== -1);
  const before = text.slice(0, first.length === 0 ? 0 : Math.min(...first));
  const above = before.slice(0, before.lastIndexOf("\n") + 1);
  const end = text.indexOf("\n", text.lastIndexOf("Tried to allocate"));
  const below = end === -1 ? "" : text.slice(end);
  return [above + below, above, below];
};

/** What stands between fences of code or empty lines, longest first: a config has more lines than a sentence. */
const between = (text: string): readonly string[] =>
  text.split(/^[ \t]*```.*$|\n[ \t]*\n/m).toSorted((one, other) => other.length - one.length);

const piecesOf = (text: string): readonly string[] =>
  [...aroundErrors(text), ...between(text)]
    .map((piece) => piece.trim())
    .filter(setsSomething)
    .slice(0, MOST_PIECES);

type Asked = Readonly<{ catalog: Catalog; base: Choices }>;

/**
 * The run that a text tells of beside an error: a config, a command or a script that was pasted with it, or files that were given with it.
 *
 * @param text with the error in it
 * @param files beside it; where there are any, the text is not searched
 * @returns null where nothing of it is a run with a model
 */
export const scenarioOfError = (text: string, files: readonly GivenFile[], asked: Asked): ScenarioBeside | null => {
  const tried =
    files.length > 0
      ? [files]
      : piecesOf(plainText(text)).map((piece) => [{ name: "what stands beside it", text: piece }]);
  for (const each of tried) {
    const imported = importFiles(each, { ...asked, beside: text });
    if (imported.kind === "imported" && imported.lists.read.some(({ key }) => key === "model")) return imported;
  }
  return null;
};

/** Errors of a text, and the run that stands beside them. */
export type ImportedError = Readonly<{
  kind: "error";
  /** At least one: each request once. */
  messages: readonly OomMessage[];
  beside: ScenarioBeside | null;
  /** Files that were given with it, and tell of no run with a model. */
  unread: readonly string[];
}>;

/** So many errors of one text are told. */
const MOST_ERRORS = 6;

/** A notebook has its errors among what it printed: it is read as a training file. */
const NOTEBOOK = /"nbformat"\s{0,20}:/;

/** Errors among files, with the run that stands beside them; null where no file has an error with its figures. */
export const importedError = (
  files: readonly GivenFile[],
  asked: Readonly<{ catalog: Catalog; base: Choices }>,
): ImportedError | null => {
  for (const file of files) {
    if (NOTEBOOK.test(file.text)) continue;
    const messages = readOoms(file.text, MOST_ERRORS);
    if (messages.length === 0) continue;
    const others = files.filter((each) => each !== file);
    const beside = scenarioOfError(file.text, others, asked);
    return { kind: "error", messages, beside, unread: beside === null ? others.map(({ name }) => name) : [] };
  }
  return null;
};

/** Why texts that nothing reads are none to be explained either: errors of memory that do not say how much was asked for. */
export const errorsWithoutFigure = (files: readonly GivenFile[]): readonly Refusal[] =>
  files.flatMap(({ name, text }) => {
    const read = readOom(text);
    return read.kind === "without-figure" ? [{ file: name, line: null, sentence: read.sentence }] : [];
  });
