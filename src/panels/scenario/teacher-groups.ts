import { findModels } from "#catalog/find-models.ts";
import { formatParams } from "#format/count.ts";
import type { ComboboxGroup } from "#ui/combobox-option.ts";
import type { ModelsOffered } from "./model-groups.ts";

/** The line that stands for the student's own model. No id of the catalog begins so. */
export const OWN = "*";

/** Models that can teach a student of a vocabulary: only what has the same one is held against it. */
export const teacherGroups = (
  { catalog, sizes }: ModelsOffered,
  vocabulary: number,
  query: string,
): readonly ComboboxGroup[] => {
  const own = query.trim() === "" ? [{ id: OWN, label: "The model itself" }] : [];
  const same = findModels(catalog, query).filter(({ row }) => row.architecture.vocab_size === vocabulary);
  const options = same.map(({ id, row: { name } }) => {
    const size = sizes[id];
    return { id, label: name, detail: size === undefined ? undefined : formatParams(size) };
  });
  return [
    { label: "Default", options: own },
    { label: "With the same vocabulary", options },
  ].filter((group) => group.options.length > 0);
};
