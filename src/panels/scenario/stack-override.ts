import { change } from "#scenario/page/actions.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { Override } from "#ui/Field.tsx";

/** The fields that are null while the stack (or what follows from other fields) decides them. */
type Overridable = { [Key in keyof Choices]: null extends Choices[Key] ? Key : never }[keyof Choices];

/**
 * Says that a field departs from its preset, and gives it back to the preset.
 *
 * @param preset the preset's value, in words: "Full"
 */
export const stackOverride = (field: Overridable, value: unknown, preset: string): Override | null =>
  value === null ? null : { sentence: `Changed. The stack uses ${preset}.`, reset: () => change({ [field]: null }) };
