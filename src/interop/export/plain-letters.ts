/** Comments keep to plain letters: some tools read their files as ASCII. */
export const plainLetters = (text: string): string =>
  text.replaceAll("\u00A0", " ").replaceAll("\u2019", "'").replaceAll("\u00D7", "x").replaceAll("\u2212", "-");
