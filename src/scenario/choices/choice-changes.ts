import type { Choices } from "#scenario/keys/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";

/** Whether two choices of a field are the same by value: fields hold plain values, lists and small objects of them. */
export const isSameChoice = (one: unknown, other: unknown): boolean =>
  Object.is(one, other) || JSON.stringify(one) === JSON.stringify(other);

const FIELDS = Object.keys(DEFAULT_CHOICES) as readonly (keyof Choices)[];

/** The fields in which two sets of choices differ, in their fixed order. */
export const changedFields = (before: Choices, after: Choices): readonly (keyof Choices)[] =>
  FIELDS.filter((field) => !isSameChoice(before[field], after[field]));

/** The choices as a scenario alone: how the page looks is not part of one. */
export const asScenario = (choices: Choices): Choices => {
  const { embed, theme, only, hide, lock } = DEFAULT_CHOICES;
  return { ...choices, embed, theme, only, hide, lock };
};
