import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { findModels } from "#catalog/find-models.ts";
import type { ModelFacts } from "#catalog/model-row.ts";
import { POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import { formatParams } from "#format/count.ts";
import type { ComboboxGroup, ComboboxOption } from "#ui/combobox-option.ts";
import { parseParameters } from "./parse-parameters.ts";

/** Marks a line that stands for a size and not for a row of the catalog. */
const SIZE_PREFIX = "size:";

// A row's architecture never changes; counting 238 models at every key would be felt.
const sizes = new WeakMap<ModelFacts, string>();
const sizeOf = (row: ModelFacts): string => {
  const known = sizes.get(row) ?? formatParams(ENGINE.countParameters(row.architecture));
  sizes.set(row, known);
  return known;
};

const optionsOf = (catalog: Catalog, ids: readonly string[]): readonly ComboboxOption[] =>
  ids.flatMap((id) => {
    const row = catalog.models[id];
    return row === undefined ? [] : [{ id, label: row.name, detail: sizeOf(row) }];
  });

/**
 * The lines of the model list. Without a query: what was chosen lately, the popular models, the others. With one: what matches; and when it
 * reads as a size ("7B"), a model of that size.
 */
export const modelGroups = (catalog: Catalog, query: string, recent: readonly string[]): readonly ComboboxGroup[] => {
  if (query.trim() === "") {
    const popular = Object.keys(POPULAR_CATALOG.models);
    const others = Object.keys(catalog.models).filter((id) => !popular.includes(id));
    return [
      { label: "Recent", options: optionsOf(catalog, recent) },
      {
        label: "Popular",
        options: optionsOf(
          catalog,
          popular.filter((id) => !recent.includes(id)),
        ),
      },
      {
        label: "All models",
        options: optionsOf(
          catalog,
          others.filter((id) => !recent.includes(id)),
        ),
      },
    ];
  }
  const size = parseParameters(query);
  const custom =
    size === null ? [] : [{ id: `${SIZE_PREFIX}${size}`, label: "Custom size", detail: formatParams(size) }];
  const found = findModels(catalog, query).map(({ id, row }) => ({ id, label: row.name, detail: sizeOf(row) }));
  return [
    { label: "Models", options: found },
    { label: "By size alone", options: custom },
  ];
};

/** The size that a line stands for; null when it is a row of the catalog. */
export const sizeOfOption = (id: string): number | null =>
  id.startsWith(SIZE_PREFIX) ? Number(id.slice(SIZE_PREFIX.length)) : null;
