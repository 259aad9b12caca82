// Mark of a setting that differs from the library's default, with its reset.

import type { Option, Override } from "#ui/Field.tsx";
import { changeChoices } from "#scenario/page/actions.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { StackRow } from "#catalog/stack-row.ts";
import { stackOf } from "#scenario/choices/resolve-stack.ts";
import { useScenario } from "#scenario/page/store.ts";

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
