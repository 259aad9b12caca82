// Searchable list of teacher models with the student's vocabulary.

import { findModels } from "#catalog/search.ts";
import { formatParams } from "#format/numbers.ts";
import { type ComboboxGroup, ComboboxList } from "#ui/ComboboxList.tsx";
import type { ModelsOffered } from "./ModelList.tsx";
import type { ReactElement } from "react";
import { changeChoices, useFullCatalog } from "#scenario/page/actions.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { useEngineAnswer } from "#scenario/page/questions.ts";
import type { ModelSizes } from "#service/answers/model-modules.ts";
import type { ComboboxPlace } from "#ui/Combobox.tsx";

/** The line that stands for the student's own model. No id of the catalog begins so. */
export const OWN_MODEL = "*";

/** Models that can teach a student of a vocabulary: only what has the same one is held against it. */
export const teacherGroups = (
  { catalog, sizes }: ModelsOffered,
  vocabulary: number,
  query: string,
): readonly ComboboxGroup[] => {
  const own = query.trim() === "" ? [{ id: OWN_MODEL, label: "The model itself" }] : [];
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

const OF_ALL = {};
const NO_SIZES: ModelSizes = {};

/** The open list of teachers: what of the whole catalog, which is fetched now, has the student's vocabulary. */
export const TeacherList = (place: ComboboxPlace): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  const teacher = useScenario((state) => state.choices.teacher);
  const { model } = useAnswer();
  const { value: sizes } = useEngineAnswer("sizes", OF_ALL);
  useFullCatalog();
  return (
    <ComboboxList
      {...place}
      chosenId={teacher ?? OWN_MODEL}
      find={(query) => teacherGroups({ catalog, sizes: sizes ?? NO_SIZES }, model.architecture.vocab_size, query)}
      onChoose={(id) => changeChoices({ teacher: id === OWN_MODEL ? null : id })}
      placeholder="Search models"
    />
  );
};
