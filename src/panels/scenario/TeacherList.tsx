import { useEffect, type ReactElement } from "react";
import { change, ensureFullCatalog } from "#scenario/page/actions.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import type { ModelSizes } from "#service/answers/model-sizes.ts";
import { ComboboxList } from "#ui/ComboboxList.tsx";
import type { ComboboxPlace } from "#ui/combobox-place.ts";
import { OWN, teacherGroups } from "./teacher-groups.ts";

const OF_ALL = {};
const NO_SIZES: ModelSizes = {};

/** The open list of teachers: what of the whole catalog, which is fetched now, has the student's vocabulary. */
export const TeacherList = (place: ComboboxPlace): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  const teacher = useScenario((state) => state.choices.teacher);
  const { model } = useAnswer();
  const { value: sizes } = useAsked("sizes", OF_ALL);
  useEffect(() => void ensureFullCatalog().catch(() => undefined), []);
  return (
    <ComboboxList
      {...place}
      chosenId={teacher ?? OWN}
      find={(query) => teacherGroups({ catalog, sizes: sizes ?? NO_SIZES }, model.architecture.vocab_size, query)}
      onChoose={(id) => change({ teacher: id === OWN ? null : id })}
      placeholder="Search models"
    />
  );
};
