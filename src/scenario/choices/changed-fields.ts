import type { Choices } from "#scenario/keys/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { isSameChoice } from "./same-choice.ts";

const FIELDS = Object.keys(DEFAULT_CHOICES) as readonly (keyof Choices)[];

/** The fields in which two sets of choices differ, in their fixed order. */
export const changedFields = (before: Choices, after: Choices): readonly (keyof Choices)[] =>
  FIELDS.filter((field) => !isSameChoice(before[field], after[field]));
