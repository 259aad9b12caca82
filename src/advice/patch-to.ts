import { changedFields } from "#scenario/choices/changed-fields.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** The fields that a change gives other values, and the method that it is for in focus. */
export const patchTo = (before: Choices, after: Choices): Partial<Choices> => ({
  method: after.method,
  ...Object.fromEntries(changedFields(before, after).map((field) => [field, after[field]])),
});
