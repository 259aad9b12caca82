import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { importFiles } from "#interop/import/import-files.ts";
import type { Imported, ImportLine } from "#interop/import/import-result.ts";
import { readSource } from "#interop/import/formats/text-source.ts";
import { isRefusal, type PlainValue } from "#interop/import/source-fields.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";

/** A text as it is imported, alone or with others. */
export const importText = (...texts: readonly string[]): Imported =>
  importFiles(
    texts.map((text, index) => ({ name: `file-${index + 1}`, text })),
    { catalog: FULL_CATALOG, base: DEFAULT_CHOICES },
  );

/** The lists of an import; of a refused one none. */
export const linesOf = (imported: Imported): readonly ImportLine[] =>
  imported.kind === "refused" ? [] : Object.values(imported.lists).flat();

/** What a text's fields are; of a refused one the sentence. */
export const fieldsOf = (text: string): Readonly<Record<string, PlainValue>> | string => {
  const read = readSource({ name: "file", text });
  if (isRefusal(read)) return `${read.line ?? "-"}: ${read.sentence}`;
  return Object.fromEntries([...read.fields].map(([path, { value }]) => [path, value]));
};

/** Where the fields of a text stand. */
export const placesOf = (text: string): Readonly<Record<string, number>> => {
  const read = readSource({ name: "file", text });
  return isRefusal(read) ? {} : Object.fromEntries([...read.fields].map(([path, { line }]) => [path, line]));
};
