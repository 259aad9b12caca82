import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { nearestNames, notKnownOf, notKnownSentence } from "#scenario/choices/not-known.ts";

/** The sentence in the place of an answer, and names to choose from. */
export type NotKnownJson = Readonly<{ notKnown: string | null; nearest: readonly string[] }>;

/** Says what of these choices is not known; `notKnown` is null where everything is. */
export const notKnownJson = (choices: Choices): NotKnownJson => {
  const all = notKnownOf(choices, FULL_CATALOG);
  return { notKnown: all.length === 0 ? null : notKnownSentence(all), nearest: nearestNames(all) };
};

/** The same in lines of text; none where everything is known. */
export const notKnownLines = ({ notKnown, nearest }: NotKnownJson): readonly string[] => {
  if (notKnown === null) return [];
  return nearest.length === 0 ? [notKnown] : [notKnown, `Nearest: ${nearest.join(", ")}.`];
};
