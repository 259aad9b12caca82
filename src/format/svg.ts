// Parts of SVG pictures: outline and mark of each status, and the estimated width of a text.

import type { Fit } from "#calc/model/memory-estimate.ts";

/** The fit of a method on a card; "not-known" where something that was asked for is not known. */
export type Status = Fit | "not-known";

// Circle with tick, triangle, square with cross, circle with bar: so that they differ in gray and at 12 px.

/** The outline of an outcome, in 12 by 12, to be filled. */
export const STATUS_OUTLINES: Readonly<Record<Fit, string>> = {
  fits: "M6 0a6 6 0 1 1 0 12A6 6 0 0 1 6 0z",
  tight: "M6 .4 12 11.6H0z",
  over: "M1.5 0h9A1.5 1.5 0 0 1 12 1.5v9a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 0 10.5v-9A1.5 1.5 0 0 1 1.5 0z",
  "cannot-run": "M6 0a6 6 0 1 1 0 12A6 6 0 0 1 6 0z",
};

/** The mark inside it, to be drawn with lines of 1.6. */
export const STATUS_MARKS: Readonly<Record<Fit, string>> = {
  fits: "M3.3 6.2 5.3 8.2 8.8 4.2",
  tight: "M6 4.4V7.6M6 9v1.1",
  over: "M3.8 3.8 8.2 8.2M8.2 3.8 3.8 8.2",
  "cannot-run": "M2.6 6H9.4",
};

/** The word for what is not known. */
export const NOT_KNOWN_WORDS = "Not known";

/** Its outline and its mark, as for the other states: a circle with a question mark. */
export const NOT_KNOWN_OUTLINE = "M6 0a6 6 0 1 1 0 12A6 6 0 0 1 6 0z";
export const NOT_KNOWN_MARK = "M4.3 4.6a1.7 1.7 0 1 1 2.5 1.5Q6 6.5 6 7.3M6 9v.3";

/** Advance widths in hundredths of an em by character, for the widest of the interface fonts (Inter and Roboto at weight 600). */
const WIDTHS: readonly (readonly [width: number, characters: string])[] = [
  [29, "ijlIJ.:'|·"],
  [33, " \u00a0,()[]/-"],
  [42, "rft"],
  [54, "s"],
  [59, "ckvxyzFL"],
  [78, "DGHNOQ"],
  [86, "wMV−<>+=×"],
  [99, "mW"],
];
/** Digits and most lowercase letters; capitals come to 70. */
const USUAL = 63.5;
const CAPITAL = 70;

const widthOf = (character: string): number => {
  const row = WIDTHS.find(([, characters]) => characters.includes(character));
  if (row !== undefined) return row[0];
  return character >= "A" && character <= "Z" ? CAPITAL : USUAL;
};

/**
 * About how wide a text is drawn, in px, without a DOM: geometry must be the same in the static page and in the browser. Rather too wide
 * than too narrow (system fonts are a few percent narrower), so that what is placed by it never touches.
 */
export const textWidth = (text: string, fontSize: number): number => {
  let hundredths = 0;
  for (const character of text) hundredths += widthOf(character);
  return (hundredths * fontSize) / 100;
};
