import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { importFiles } from "#interop/import/import-files.ts";
import type { Imported } from "#interop/import/import-result.ts";
import type { GivenFile } from "#interop/import/source-fields.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";

type Done = Extract<Imported, { kind: "imported" }>;

/** What files become; a refusal fails the test. */
export const importOf = (...files: readonly (string | GivenFile)[]): Done => {
  const given = files.map((file, index) =>
    typeof file === "string" ? { name: `file-${index + 1}`, text: file } : file,
  );
  const imported = importFiles(given, { catalog: FULL_CATALOG, base: DEFAULT_CHOICES });
  if (imported.kind === "refused") throw new Error(imported.refusals.map(({ sentence }) => sentence).join(" "));
  return imported;
};

/** Every key that files say or that a tool decides, with its text. */
export const saidOf = (...files: readonly (string | GivenFile)[]): Readonly<Record<string, string | null>> => {
  const { lists } = importOf(...files);
  return Object.fromEntries(
    [...lists.assumed, ...lists.read].flatMap(({ key, text }) => (key === null ? [] : [[key, text]])),
  );
};

/** The fields that change memory and are not modelled, as they are listed. */
export const unmodelledOf = (...files: readonly (string | GivenFile)[]): readonly string[] =>
  importOf(...files).lists.notModelled.map(({ field }) => field);

/** The fields that no reader knows. */
export const unknownOf = (...files: readonly (string | GivenFile)[]): readonly string[] =>
  importOf(...files).lists.ignored.flatMap(({ field, sentence }) => (sentence === "not known here" ? [field] : []));
