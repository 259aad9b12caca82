// Result of an import: its four lists of fields, and the headings and counts of the lists.

import type { Choices, LinkKey } from "#scenario/keys/choices.ts";
import type { Refusal } from "./source-fields.ts";

/** A line of the lists that an import ends in. */
export type ImportLine = Readonly<{
  /** null: it follows from no field. */
  at: Readonly<{ file: string; line: number }> | null;
  /** As in the file, "lora_rank: 8"; of what no field says the key of the link, "r". */
  field: string;
  /** The key of the link that it became, and its text there. */
  key: LinkKey | null;
  text: string | null;
  /** Why, where there is something to say. */
  sentence: string | null;
}>;

/** The four lists, in the order in which they are shown. */
export type ImportLists = Readonly<{
  notModelled: readonly ImportLine[];
  assumed: readonly ImportLine[];
  read: readonly ImportLine[];
  ignored: readonly ImportLine[];
}>;

/** What files became: choices with all that was found, or why there are none. */
export type Imported = Readonly<
  | { kind: "imported"; choices: Choices; tools: readonly string[]; lists: ImportLists; checked: number }
  | { kind: "refused"; refusals: readonly Refusal[] }
>;

/** What is said of a field that no reader has heard of. */
export const UNKNOWN_FIELD = "not known here";

export const isUnknown = ({ sentence }: ImportLine): boolean => sentence === UNKNOWN_FIELD;

/** The order in which the lists are shown. */
export const IMPORT_LISTS = [
  "notModelled",
  "assumed",
  "read",
  "ignored",
] as const satisfies readonly (keyof ImportLists)[];

/** What stands above a list. What is ignored has no effect only where all of it is known. */
export const listHeading = (list: keyof ImportLists, lines: readonly ImportLine[]): string => {
  const ignored = lines.some(isUnknown) ? "Ignored, or not known here" : "Ignored, no effect on memory";
  return { notModelled: "Changes memory, not modelled", assumed: "Assumed", read: "Read", ignored }[list];
};

/** Those first that nobody has heard of: they are what a reader looks for among what was ignored. */
export const unknownFieldsFirst = (lines: readonly ImportLine[]): readonly ImportLine[] =>
  [...lines].sort((one, other) => Number(isUnknown(other)) - Number(isUnknown(one)));

/** How many of the fields are known. */
export const knownFieldCount = ({ lists, checked }: Readonly<{ lists: ImportLists; checked: number }>): number =>
  checked - lists.ignored.filter(isUnknown).length;

/** "1 changes memory and is not modelled"; null where there is none. */
export const notModeledWords = ({ notModelled: { length } }: ImportLists): string | null => {
  if (length === 0) return null;
  return length === 1 ? "1 changes memory and is not modelled" : `${length} change memory and are not modelled`;
};
