import type { Option } from "#ui/ComboboxList.tsx";
import { changeChoices } from "#scenario/page/actions.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { Override } from "#ui/Field.tsx";
import type { StackRow } from "#catalog/stack-row.ts";
import { stackOf } from "#scenario/choices/resolve-stack.ts";
import { useScenario, useAnswer } from "#scenario/page/store.ts";
import type { IdentityKey } from "#scenario/keys/issues.ts";
import { changedFields } from "#scenario/choices/settle.ts";
import { FIELDS } from "#scenario/keys/link-fields.ts";

/** A table of words as the options of a control, in the table's order. */
export const optionsOf = <Value extends string>(names: Readonly<Record<Value, string>>): readonly Option<Value>[] =>
  // Object.keys of a record with a closed set of keys gives those keys; its type cannot say so.
  (Object.keys(names) as Value[]).map((value) => ({ value, label: names[value] }));

/** The fields that are null while the stack (or what follows from other fields) decides them. */
type Overridable = { [Key in keyof Choices]: null extends Choices[Key] ? Key : never }[keyof Choices];

/**
 * Says that a field departs from its preset, and gives it back to the preset.
 *
 * @param preset the preset's value, in words: "Full"
 */
export const stackOverride = (field: Overridable, value: unknown, preset: string): Override | null =>
  value === null
    ? null
    : { sentence: `Changed. The stack uses ${preset}.`, reset: () => changeChoices({ [field]: null }) };

/** What the chosen stack does by default. */
export const useStack = (): StackRow => useScenario(({ choices }) => stackOf(choices));

/** The name that was asked for under this link key and is not known, as it was written; undefined where it is known. */
export const useUnknown = (key: IdentityKey): string | undefined =>
  useScenario(({ choices: { unknown } }) => unknown[key]);

/** Why a choice is not used as it stands, by its key in a link: it does not go with the model or with the others. */
export const useWhyNot = (): ((key: string) => string | undefined) => {
  const { mismatches } = useAnswer();
  return (key) => mismatches.find((issue) => issue.key === key)?.message;
};

/** Whether the page that embeds the calculator has fixed this link key. */
export const useLocked = (key: string): boolean => useScenario(({ choices }) => choices.lock.includes(key));

/** Whether a change would turn a control that the page around an embed has locked. */
export const useIsLocked = (): ((patch: Partial<Choices>) => boolean) => {
  const choices = useScenario((state) => state.choices);
  if (choices.lock.length === 0) return () => false;
  return (patch) => {
    const changed = changedFields(choices, { ...choices, ...patch });
    const keys = FIELDS.filter(({ field }) => changed.includes(field)).flatMap((field) => field.keys);
    return keys.some((key) => choices.lock.includes(key));
  };
};
