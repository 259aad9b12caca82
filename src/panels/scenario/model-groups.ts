import type { Catalog } from "#catalog/catalog.ts";
import { findModels } from "#catalog/find-models.ts";
import { POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import { formatParams } from "#format/count.ts";
import type { ModelSizes } from "#service/answers/model-sizes.ts";
import type { ComboboxGroup, ComboboxOption } from "#ui/combobox-option.ts";
import { parseParameters } from "./parse-parameters.ts";

/** Marks a line that stands for a size and not for a row of the catalog. */
const SIZE_PREFIX = "size:";

/** Models to choose from, and how large they are as far as that is known here. */
export type ModelsOffered = Readonly<{ catalog: Catalog; sizes: ModelSizes }>;

const sizeOf = (sizes: ModelSizes, id: string): string | undefined => {
  const size = sizes[id];
  return size === undefined ? undefined : formatParams(size);
};

const optionsOf = ({ catalog, sizes }: ModelsOffered, ids: readonly string[]): readonly ComboboxOption[] =>
  ids.flatMap((id) => {
    const row = catalog.models[id];
    return row === undefined ? [] : [{ id, label: row.name, detail: sizeOf(sizes, id) }];
  });

/**
 * The lines of the model list. Without a query: what was chosen lately, the popular models, the others. With one: what matches; and when it
 * reads as a size ("7B"), a model of that size.
 */
export const modelGroups = (
  offered: ModelsOffered,
  query: string,
  recent: readonly string[],
): readonly ComboboxGroup[] => {
  const { catalog, sizes } = offered;
  if (query.trim() === "") {
    const popular = Object.keys(POPULAR_CATALOG.models);
    const others = Object.keys(catalog.models).filter((id) => !popular.includes(id));
    return [
      { label: "Recent", options: optionsOf(offered, recent) },
      {
        label: "Popular",
        options: optionsOf(
          offered,
          popular.filter((id) => !recent.includes(id)),
        ),
      },
      {
        label: "All models",
        options: optionsOf(
          offered,
          others.filter((id) => !recent.includes(id)),
        ),
      },
    ];
  }
  const size = parseParameters(query);
  const custom =
    size === null ? [] : [{ id: `${SIZE_PREFIX}${size}`, label: "Custom size", detail: formatParams(size) }];
  const found = findModels(catalog, query).map(({ id, row }) => ({ id, label: row.name, detail: sizeOf(sizes, id) }));
  return [
    { label: "Models", options: found },
    { label: "By size alone", options: custom },
  ];
};

/** The size that a line stands for; null when it is a row of the catalog. */
export const sizeOfOption = (id: string): number | null =>
  id.startsWith(SIZE_PREFIX) ? Number(id.slice(SIZE_PREFIX.length)) : null;
