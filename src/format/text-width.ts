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
