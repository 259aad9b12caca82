import type { OBJECTIVE, USED } from "#scenario/keys/keys.ts";
import { type WordsOf, OBJECTIVE_WORDS, USED_WORDS } from "#scenario/words/key-words.ts";

// A word that is left out does not compile. `tsc` alone reads this file: nothing of it runs.

const { difference: _, ...label } = USED_WORDS.used;
const { copy: __, ...values } = OBJECTIVE_WORDS.ref.values;

// @ts-expect-error a key has no words
export const withoutKey: WordsOf<typeof USED> = {};
// @ts-expect-error a key has no name in a list of differences
export const withoutDifference: WordsOf<typeof USED> = { used: label };
// @ts-expect-error a value has no word
export const withoutValue: WordsOf<typeof OBJECTIVE> = { ...OBJECTIVE_WORDS, ref: { ...OBJECTIVE_WORDS.ref, values } };
