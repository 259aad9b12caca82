import type { Keys, Shape } from "#scenario/keys/key.ts";

/** Words for values, in the order in which a control offers them. */
export type ValueWords = Readonly<Record<string, string>>;

/** The words of a key whatever its values are. */
export type KeyWords = Readonly<{
  /** Its control's name: "Batch size". */
  label: string;
  /** Its name in a list of differences: "batch"; null where it says how a scenario is shown, which is no difference. */
  difference: string | null;
  /** The effective value, in words, if neither a link nor the library sets it: "off". */
  open?: string;
  values?: ValueWords;
  /** Words for values inside a sentence, where they are not those of `values` without a capital: names keep theirs. */
  inSentence?: ValueWords;
}>;

/** The words that a key's values are one of, by which every one has words. */
type WordIn<Of extends Shape> = Of extends { kind: "word"; words: readonly (infer Word extends string)[] }
  ? Word
  : Of extends {
        kind: "word-or-number";
        words: readonly (infer Word extends string)[];
        name: infer Name extends string;
      }
    ? Word | Name
    : never;

type WordsFor<Of extends Shape> = [WordIn<Of>] extends [never]
  ? KeyWords
  : Omit<KeyWords, "values"> & Readonly<{ values: Readonly<Record<WordIn<Of>, string>> }>;

/** The words of a section's keys: of each key and each value that has a word, or it does not compile. */
export type WordsOf<Section extends Keys> = Readonly<{ [Name in keyof Section]: WordsFor<Section[Name]["shape"]> }>;
