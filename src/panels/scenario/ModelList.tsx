// Searchable list of models, with a parameter count or an import instead.

import { type Catalog, POPULAR_CATALOG } from "#catalog/catalog.ts";
import { findModels, idsByUse, nearestModels } from "#catalog/search.ts";
import { formatParams } from "#format/numbers.ts";
import type { ModelSizes } from "#service/answers/model-modules.ts";
import { type ComboboxGroup, type ComboboxOption, ComboboxList } from "#ui/ComboboxList.tsx";
import { hubIdIn } from "#panels/import/hub-config.ts";
import type { ReactElement } from "react";
import { PARAMS } from "#scenario/keys/codec/numbers.ts";
import { changeChoices, useFullCatalog } from "#scenario/page/actions.ts";
import { addRecent, useRecent, useScenario } from "#scenario/page/store.ts";
import { useEngineAnswer } from "#scenario/page/questions.ts";
import { openEmptyImportBox } from "#panels/import/import-state.ts";
import type { ComboboxPlace } from "#ui/Combobox.tsx";

const UNITS: Readonly<Record<string, number>> = { m: 1e6, b: 1e9, t: 1e12 };

/** A size as people write it: "7B", "350 M", "1.5b". Anything else is null; a bare number too, since "8" may be a version. */
export const parseParameters = (text: string): number | null => {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([mbt])\s*$/i.exec(text);
  const unit = UNITS[match?.[2]?.toLowerCase() ?? ""];
  if (match === null || unit === undefined) return null;
  const params = Math.round(Number(match[1]) * unit);
  return params >= PARAMS.min && params <= PARAMS.max ? params : null;
};

/** Marks a line that stands for a size and not for a row of the catalog. */
const SIZE_PREFIX = "size:";

/** Mark lines that stand for a way to bring a model. */
const HUB_PREFIX = "hub:";
const PASTE = "paste:";

/** So many names stand for one that is not found. */
const MOST_NEAREST = 5;

/** Models to choose from, and how large they are as far as that is known here; `canBring`: one that is none of them can be brought. */
export type ModelsOffered = Readonly<{ catalog: Catalog; sizes: ModelSizes; canBring?: boolean }>;

const sizeOf = (sizes: ModelSizes, id: string): string | undefined => {
  const size = sizes[id];
  return size === undefined ? undefined : formatParams(size);
};

const optionsOf = ({ catalog, sizes }: ModelsOffered, ids: readonly string[]): readonly ComboboxOption[] =>
  ids.flatMap((id) => {
    const row = catalog.models[id];
    return row === undefined ? [] : [{ id, label: row.name, detail: sizeOf(sizes, id) }];
  });

/** The nearest names to one that is not found, and the ways on: what was typed goes along where it is an id of Hugging Face. */
const insteadOf = (offered: ModelsOffered, query: string): readonly ComboboxGroup[] => {
  const { catalog, canBring = false } = offered;
  const nearest = nearestModels(catalog, query).slice(0, MOST_NEAREST);
  const id = query.includes("/") ? (hubIdIn(query) ?? "") : "";
  return [
    {
      label: "Nearest names",
      note: `No model here is called “${query.trim()}”.`,
      options: optionsOf(
        offered,
        nearest.map((found) => found.id),
      ),
    },
    {
      label: "Your own model",
      options: canBring
        ? [
            { id: `${HUB_PREFIX}${id}`, label: "From Hugging Face", detail: id === "" ? undefined : id },
            { id: PASTE, label: "Paste or drop a file" },
          ]
        : [],
    },
  ];
};

/**
 * The lines of the model list. Without a query: what was chosen lately, the popular models, the others. With one: what matches; and when it
 * reads as a size ("7B"), a model of that size; when nothing does, what is nearest and what else can be done.
 */
export const modelGroups = (
  offered: ModelsOffered,
  query: string,
  recent: readonly string[],
): readonly ComboboxGroup[] => {
  const { catalog, sizes } = offered;
  if (query.trim() === "") {
    const { popular, others } = idsByUse(catalog.models, POPULAR_CATALOG.models, recent);
    return [
      { label: "Recent", options: optionsOf(offered, recent) },
      { label: "Popular", options: optionsOf(offered, popular) },
      { label: "All models", options: optionsOf(offered, others) },
    ];
  }
  const size = parseParameters(query);
  const custom =
    size === null ? [] : [{ id: `${SIZE_PREFIX}${size}`, label: "Custom size", detail: formatParams(size) }];
  const found = findModels(catalog, query).map(({ id, row }) => ({ id, label: row.name, detail: sizeOf(sizes, id) }));
  if (found.length + custom.length === 0) return insteadOf(offered, query);
  return [
    { label: "Models", options: found },
    { label: "By size alone", options: custom },
  ];
};

/** The size that a line stands for; null when it is a row of the catalog. */
export const sizeOfOption = (id: string): number | null =>
  id.startsWith(SIZE_PREFIX) ? Number(id.slice(SIZE_PREFIX.length)) : null;

/** What the box is opened with by a line that stands for a way to bring a model: the id that was typed, or nothing yet; null when it is a model. */
export const sourceOfOption = (id: string): string | null => {
  if (id === PASTE) return "";
  return id.startsWith(HUB_PREFIX) ? id.slice(HUB_PREFIX.length) : null;
};

const OF_ALL = {};
const NO_SIZES: ModelSizes = {};

const choose = (id: string): void => {
  const source = sourceOfOption(id);
  if (source !== null) {
    // Once the list has closed, which gives the focus back to where it was.
    setTimeout(() => openEmptyImportBox(source));
    return;
  }
  const params = sizeOfOption(id);
  if (params === null) addRecent("model", id);
  changeChoices({ model: params === null ? { kind: "catalog", id } : { kind: "size", params } });
};

/** The open list of models: the whole catalog, which is fetched now, or a size alone. */
export const ModelList = (place: ComboboxPlace): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  const choice = useScenario((state) => state.choices.model);
  const isEmbed = useScenario((state) => state.choices.embed);
  const recent = useRecent("model");
  const { value: sizes } = useEngineAnswer("sizes", OF_ALL);
  useFullCatalog();
  return (
    <ComboboxList
      {...place}
      chosenId={choice.kind === "catalog" ? choice.id : null}
      find={(query) => modelGroups({ catalog, sizes: sizes ?? NO_SIZES, canBring: !isEmbed }, query, recent)}
      onChoose={choose}
      placeholder="Search models"
    />
  );
};
