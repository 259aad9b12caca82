/** A phrase as it stands inside a sentence: "In place" is "in place"; what is no plain word stays: "SDPA", "ZeRO 3". */
export const uncapitalised = (text: string): string =>
  text.replace(/^[A-Z][a-z]*(?![A-Za-z])/, (word) => word.toLowerCase());
