// Searchable list of GPUs, with a custom capacity.

import { type Catalog, POPULAR_CATALOG } from "#catalog/catalog.ts";
import { findGpus, idsByUse, nearestGpus } from "#catalog/search.ts";
import { type ComboboxGroup, type ComboboxOption, ComboboxList } from "#ui/ComboboxList.tsx";
import type { ReactElement } from "react";
import { GB } from "#calc/base/bytes.ts";
import { changeChoices, useFullCatalog } from "#scenario/page/actions.ts";
import { addRecent, useRecent, useScenario } from "#scenario/page/store.ts";
import type { ComboboxPlace } from "#ui/Combobox.tsx";

/** Marks a line that stands for a capacity and not for a card of the catalog. */
const CUSTOM_PREFIX = "custom:";
/** What a custom card has when nobody said. */
const USUAL_GB = 24;
const MOST_GB = 10_000;
/** A larger number without a unit is the name of a card. */
const MOST_BARE_GB = 512;
/** So many names stand for one that is not found. */
const MOST_NEAREST = 5;

const optionsOf = (catalog: Catalog, ids: readonly string[]): readonly ComboboxOption[] =>
  ids.flatMap((id) => {
    const row = catalog.gpus[id];
    return row === undefined ? [] : [{ id, label: row.name, detail: `${row.memoryGb} GB` }];
  });

const custom = (memoryGb: number): ComboboxGroup => ({
  label: "By memory alone",
  options: [{ id: `${CUSTOM_PREFIX}${memoryGb}`, label: "Custom", detail: `${memoryGb} GB` }],
});

const capacityIn = (query: string): number | null => {
  const [, digits, unit] = /(\d+(?:\.\d+)?)\s*(gi?b)?\s*$/i.exec(query) ?? [];
  const memoryGb = Number(digits ?? Number.NaN);
  return memoryGb > 0 && memoryGb <= (unit === undefined ? MOST_BARE_GB : MOST_GB) ? memoryGb : null;
};

/** Whether a query is a capacity and nothing else. */
const isCapacity = (query: string): boolean => /^\s*\d+(?:\.\d+)?\s*(?:gi?b)?\s*$/i.test(query);

/** The nearest names to one that is not found, and a card of a capacity. */
const insteadOf = (catalog: Catalog, query: string): readonly ComboboxGroup[] => [
  {
    label: "Nearest names",
    note: `No GPU here is called “${query.trim()}”.`,
    options: optionsOf(
      catalog,
      nearestGpus(catalog, query)
        .slice(0, MOST_NEAREST)
        .map(({ id }) => id),
    ),
  },
  custom(capacityIn(query) ?? USUAL_GB),
];

/** The lines of the GPU list: recent, popular, custom and all others; or what matches the query, and a card of the capacity in it; or what is nearest. */
export const gpuGroups = (catalog: Catalog, query: string, recent: readonly string[]): readonly ComboboxGroup[] => {
  if (query.trim() === "") {
    const { popular, others } = idsByUse(catalog.gpus, POPULAR_CATALOG.gpus, recent);
    return [
      { label: "Recent", options: optionsOf(catalog, recent) },
      { label: "Popular", options: optionsOf(catalog, popular) },
      custom(USUAL_GB),
      { label: "All GPUs", options: optionsOf(catalog, others) },
    ];
  }
  const found = findGpus(catalog, query).map(({ id, row }) => ({ id, label: row.name, detail: `${row.memoryGb} GB` }));
  const capacity = capacityIn(query);
  if (found.length === 0 && !(capacity !== null && isCapacity(query))) return insteadOf(catalog, query);
  return [{ label: "GPUs", options: found }, ...(capacity === null ? [] : [custom(capacity)])];
};

/** The capacity that a line stands for, in GB as on a box; null when it is a card of the catalog. */
export const capacityOfOption = (id: string): number | null =>
  id.startsWith(CUSTOM_PREFIX) ? Number(id.slice(CUSTOM_PREFIX.length)) : null;

const choose = (id: string): void => {
  const memoryGb = capacityOfOption(id);
  if (memoryGb === null) addRecent("gpu", id);
  changeChoices({
    gpu: memoryGb === null ? { kind: "catalog", id } : { kind: "custom", memoryBytes: memoryGb * GB, unit: "GB" },
  });
};

/** The open list of cards: the whole catalog, which is fetched now, or a capacity alone. */
export const GpuList = (place: ComboboxPlace): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  const choice = useScenario((state) => state.choices.gpu);
  const recent = useRecent("gpu");
  useFullCatalog();
  return (
    <ComboboxList
      {...place}
      chosenId={choice.kind === "catalog" ? choice.id : null}
      find={(query) => gpuGroups(catalog, query, recent)}
      onChoose={choose}
      placeholder="Search GPUs, or type 24 GB"
    />
  );
};
