import type { Catalog } from "#catalog/catalog.ts";
import type { Refusal } from "#interop/import/source.ts";
import type { GivenFile } from "#interop/import/source.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type OomMessage, readOom, readOoms } from "./read-oom.ts";
import { type ScenarioBeside, scenarioBeside } from "./scenario-beside.ts";

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
    const beside = scenarioBeside(file.text, others, asked);
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
