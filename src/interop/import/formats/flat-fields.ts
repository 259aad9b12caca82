import type { Plain, SourceField } from "#interop/import/read-fields.ts";

const isSection = (value: Plain): value is Readonly<Record<string, Plain>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;

/**
 * The fields of nested sections, by their paths. Lists are values.
 *
 * @param lineOf where the field of a path stands, counted from 1
 */
export const flatFields = (
  root: Plain,
  file: string,
  lineOf: (path: readonly string[]) => number,
): ReadonlyMap<string, SourceField> => {
  const fields = new Map<string, SourceField>();
  const add = (value: Plain, names: readonly string[]): void => {
    if (isSection(value)) {
      for (const [name, inside] of Object.entries(value)) add(inside, [...names, name]);
      return;
    }
    const path = names.join(".");
    fields.set(path, { file, path, value, line: lineOf(names) });
  };
  add(root, []);
  fields.delete("");
  return fields;
};
