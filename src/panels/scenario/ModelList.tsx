import { useEffect, type ReactElement } from "react";
import { change, ensureFullCatalog } from "#scenario/page/actions.ts";
import { addRecent, useRecent } from "#scenario/page/recent.ts";
import { useScenario } from "#scenario/page/store.ts";
import { useAsked } from "#scenario/page/questions.ts";
import type { ModelSizes } from "#service/answers/model-modules.ts";
import { openEmptyBox } from "#panels/import/box.ts";
import { ComboboxList } from "#ui/ComboboxList.tsx";
import type { ComboboxPlace } from "#ui/Combobox.tsx";
import { modelGroups, sizeOfOption, sourceOfOption } from "./model-groups.ts";

const OF_ALL = {};
const NO_SIZES: ModelSizes = {};

const choose = (id: string): void => {
  const source = sourceOfOption(id);
  if (source !== null) {
    // Once the list has closed, which gives the focus back to where it was.
    setTimeout(() => openEmptyBox(source));
    return;
  }
  const params = sizeOfOption(id);
  if (params === null) addRecent("model", id);
  change({ model: params === null ? { kind: "catalog", id } : { kind: "size", params } });
};

/** The open list of models: the whole catalog, which is fetched now, or a size alone. */
export const ModelList = (place: ComboboxPlace): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  const choice = useScenario((state) => state.choices.model);
  const isEmbed = useScenario((state) => state.choices.embed);
  const recent = useRecent("model");
  const { value: sizes } = useAsked("sizes", OF_ALL);
  useEffect(() => void ensureFullCatalog().catch(() => undefined), []);
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
