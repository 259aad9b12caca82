import type { ImportLine, ImportLists } from "./imported.ts";

/** What is said of a field that no reader has heard of. */
export const UNKNOWN = "not known here";

export const isUnknown = ({ sentence }: ImportLine): boolean => sentence === UNKNOWN;

/** The order in which the lists are shown. */
export const LISTS = ["notModelled", "assumed", "read", "ignored"] as const satisfies readonly (keyof ImportLists)[];

/** What stands above a list. What is ignored has no effect only where all of it is known. */
export const headingOf = (list: keyof ImportLists, lines: readonly ImportLine[]): string => {
  const ignored = lines.some(isUnknown) ? "Ignored, or not known here" : "Ignored, no effect on memory";
  return { notModelled: "Changes memory, not modelled", assumed: "Assumed", read: "Read", ignored }[list];
};

/** Those first that nobody has heard of: they are what a reader looks for among what was ignored. */
export const unknownFirst = (lines: readonly ImportLine[]): readonly ImportLine[] =>
  [...lines].sort((one, other) => Number(isUnknown(other)) - Number(isUnknown(one)));

/** How many of the fields are known. */
export const knownOf = ({ lists, checked }: Readonly<{ lists: ImportLists; checked: number }>): number =>
  checked - lists.ignored.filter(isUnknown).length;

/** "1 changes memory and is not modelled"; null where there is none. */
export const notModelledWords = ({ notModelled: { length } }: ImportLists): string | null => {
  if (length === 0) return null;
  return length === 1 ? "1 changes memory and is not modelled" : `${length} change memory and are not modelled`;
};
