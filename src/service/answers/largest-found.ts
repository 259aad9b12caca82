import { availableBytes } from "#advice/available.ts";
import { inverse, withLargest } from "#advice/inverse.ts";
import type { InverseId } from "#advice/inverse-id.ts";
import type { Largest } from "#advice/largest-within.ts";
import { tryOut } from "#advice/trial.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { changedFields } from "#scenario/choices/changed-fields.ts";
import type { Choices } from "#scenario/choices/choices.ts";

/** The largest that still fits, and what a press changes to have it; `patch` is null where not even the smallest fits. */
export type LargestFound = Largest & Readonly<{ patch: Partial<Choices> | null }>;

const patchBetween = (before: Choices, after: Choices): Partial<Choices> =>
  Object.fromEntries(changedFields(before, after).map((field) => [field, after[field]]));

/** A value that was found, with the change that takes it over. @param choices those that it was found for */
export const withPatch = (
  { id, found }: Readonly<{ id: InverseId; found: Largest }>,
  choices: Choices,
  catalog: Catalog,
): LargestFound => {
  const { value } = found;
  if (value === null) return { ...found, patch: null };
  return { ...found, patch: patchBetween(choices, withLargest({ id, value }, choices, catalog)) };
};

/** The largest batch, length, rank or model that fits or is tight for the method in focus, everything else as it is. */
export const largestFound = (
  { choices: asked, id }: Readonly<{ choices: Choices; id: InverseId }>,
  catalog: Catalog,
): LargestFound => {
  const start = tryOut(asked, catalog);
  const { choices } = start;
  const found = inverse(id, start, { availableBytes: availableBytes(choices, catalog), catalog });
  return withPatch({ id, found }, choices, catalog);
};
