import { fieldOf } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";

/** Fields by the names of TRL's configs: of each the tool's own, the first of which counts. Every field keeps its place. */
export const renamed = (source: Source, names: Readonly<Record<string, string | readonly string[]>>): Source => ({
  ...source,
  fields: new Map(
    Object.entries(names).flatMap(([name, own]) => {
      const field = fieldOf(source, own);
      return field === undefined ? [] : [[name, field] as const];
    }),
  ),
});
