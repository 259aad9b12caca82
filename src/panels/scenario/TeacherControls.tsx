import type { ComponentType, ReactElement } from "react";
import { change } from "#scenario/page/actions.ts";
import { useAnswer } from "#scenario/page/store.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import { Combobox } from "#ui/Combobox.tsx";
import type { ComboboxPlace } from "#ui/combobox-place.ts";
import { Segmented } from "#ui/Segmented.tsx";
import { OBJECTIVE_WORDS } from "#scenario/words/objective.ts";
import { optionsOf } from "./options.ts";
import { useLocked } from "./use-locked.ts";
import { useUnknown } from "./use-unknown.ts";
import { useWhyNot } from "./use-why-not.ts";

const loadList = async (): Promise<ComponentType<ComboboxPlace>> => (await import("./TeacherList.tsx")).TeacherList;

const TYPES = optionsOf(OBJECTIVE_WORDS.teacherdtype.values);

/** The model that the student is distilled from, and what it is loaded as. */
export const TeacherControls = (): ReactElement => {
  const { teacher, teacherdtype } = useChoices("teacher", "teacherdtype");
  const named = useAnswer().teacher;
  const unknown = useUnknown("teacher");
  const whyNot = useWhyNot()("teacher");
  return (
    <>
      <Combobox
        label="Teacher"
        locked={useLocked("teacher")}
        value={{ label: unknown ?? (teacher === null ? "The model itself" : (named?.name ?? teacher)) }}
        loadList={loadList}
        hint={whyNot ?? "A model with the student’s vocabulary."}
      />
      <Segmented
        label="Teacher loaded as"
        locked={useLocked("teacherdtype")}
        options={TYPES}
        value={teacherdtype}
        onChange={(type) => change({ teacherdtype: type })}
      />
    </>
  );
};
