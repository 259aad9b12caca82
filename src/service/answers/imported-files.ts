import { METHODS } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Imported, ImportLine, ImportLists } from "#interop/import/imported.ts";
import type { GivenFile } from "#interop/import/source.ts";
import type { ImportedError } from "#interop/oom/imported-error.ts";
import type { ImportedRow } from "#interop/measured/import-measured-row.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { wholeCatalog } from "#service/whole-catalog.ts";

type ToImport = Readonly<{
  files: readonly GivenFile[];
  /** What stays where the files say nothing. */
  choices: Choices;
  /** They are known to be a model's config.json, whatever they look like. */
  isModel?: boolean;
}>;

type Read = Extract<Imported, { kind: "imported" }>;

/** Files say nothing of how the page looks. */
const LOOKS = ["embed", "theme", "only", "hide", "lock"] as const satisfies readonly (keyof Choices)[];

const withLooks = (imported: Choices, before: Choices): Choices => ({
  ...imported,
  ...Object.fromEntries(LOOKS.map((key) => [key, before[key]])),
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
  choices: withLooks(imported.choices, before),
  lists: withLocks(imported.lists, before.lock),
});

/** What every measured row has; no reader of one is fetched for a text without it. */
const OF_A_ROW = /"headroom"\s*:/;

/** A measured row among files; null where there is none. */
const rowOf = async ({ files, choices }: ToImport, here: Catalog): Promise<ImportedRow | null> => {
  if (!files.some(({ text }) => OF_A_ROW.test(text))) return null;
  const [catalog, { importMeasuredRow }] = await Promise.all([
    wholeCatalog(here),
    import("#interop/measured/import-measured-row.ts"),
  ]);
  const imported = importMeasuredRow(files, catalog);
  return imported?.kind === "measured" ? { ...imported, choices: withLooks(imported.choices, choices) } : imported;
};

/** What every error of memory has; no reader of one is fetched for a text without it. */
const OF_AN_ERROR = /memory|alloc|nccl error/i;

/** What reads errors; null where no file can be one. */
const errorReader = (files: readonly GivenFile[]) =>
  files.some(({ text }) => OF_AN_ERROR.test(text)) ? import("#interop/oom/imported-error.ts") : null;

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
