/** A piece of a label, and whether the query asked for it. */
export type Highlighted = Readonly<{ text: string; hit: boolean }>;

const escaped = (word: string): string => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Cuts a label where the words of a query occur in it, in any order and case; the pieces joined give the label again. */
export const highlight = (label: string, query: string): readonly Highlighted[] => {
  const words = query.split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return [{ text: label, hit: false }];
  const longestFirst = words.toSorted((a, b) => b.length - a.length).map(escaped);
  const pieces = label.split(new RegExp(`(${longestFirst.join("|")})`, "i"));
  return pieces.map((text, index) => ({ text, hit: index % 2 === 1 })).filter(({ text }) => text !== "");
};
