// Controls for generated completions and for the teacher model.

import type { ReactElement, ComponentType } from "react";
import { formatCount } from "#format/numbers.ts";
import {
  generatesOnTrainingGpu,
  completionsPerPrompt,
  generatedRows,
  stepsPerGeneration,
} from "#scenario/choices/objective-settings.ts";
import { type Choices, DEFAULT_CHOICES, RANGES } from "#scenario/keys/choices.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useChoices, useAnswer } from "#scenario/page/store.ts";
import { NumberField } from "#ui/NumberField.tsx";
import { useLocked, useUnknown, useWhyNot } from "./control-state.ts";
import { optionsOf } from "./library-override.ts";
import { Combobox, type ComboboxPlace } from "#ui/Combobox.tsx";
import { Segmented } from "#ui/RadioRow.tsx";
import { OBJECTIVE_WORDS } from "#scenario/words/key-words.ts";

type OfCompletions = Pick<Choices, "objective" | "engine" | "gensteps" | "generations" | "batch" | "accum" | "gpus">;

const NOT_COUNTED = "Nothing counted here changes with it: vLLM generates. Exports have it.";

const stepsHint = (choices: OfCompletions): string => {
  if (!generatesOnTrainingGpu(choices)) return NOT_COUNTED;
  const rows = formatCount(generatedRows(choices));
  if (stepsPerGeneration(choices) !== (choices.gensteps ?? choices.accum))
    return `${rows} completions at once: TRL does not start with one.`;
  return `${rows} completions at once${choices.gensteps === null ? ", those of an update: TRL’s default" : ""}.`;
};

/** Which number is used, where the chosen one does not divide the completions of a generation. */
const countHint = (choices: OfCompletions): string | undefined => {
  if (!generatesOnTrainingGpu(choices)) return NOT_COUNTED;
  const used = completionsPerPrompt(choices);
  if (used === choices.generations) return undefined;
  const all = formatCount(generatedRows(choices) * choices.gpus);
  return `${formatCount(used)} are used: ${formatCount(choices.generations)} do not divide the ${all} of a generation.`;
};

/** How many completions are generated at once, and how many of a prompt. Where vLLM generates, they are there for a link that says them. */
export const CompletionsControls = (): ReactElement | null => {
  const choices = useChoices("objective", "engine", "gensteps", "generations", "batch", "accum", "gpus");
  const locked = useLocked("engine");
  const { gensteps, generations, accum } = choices;
  const isSaid = gensteps !== null || generations !== DEFAULT_CHOICES.generations;
  if (!generatesOnTrainingGpu(choices) && !isSaid) return null;
  const ofCount = countHint(choices);
  return (
    <>
      <NumberField
        label="Steps per generation"
        locked={locked}
        value={gensteps ?? accum}
        {...RANGES.accum}
        format={formatCount}
        hint={stepsHint(choices)}
        onChange={(steps) => changeChoices({ gensteps: steps === accum ? null : steps })}
      />
      <NumberField
        label="Completions per prompt"
        locked={locked}
        value={generations}
        {...RANGES.generations}
        format={formatCount}
        {...(ofCount !== undefined && { hint: ofCount })}
        onChange={(count) => changeChoices({ generations: count })}
      />
    </>
  );
};

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
        onChange={(type) => changeChoices({ teacherdtype: type })}
      />
    </>
  );
};
