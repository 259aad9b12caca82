/** Characters that mean something in Markdown, in HTML, or to a forge that reads names of people. */
const SPECIAL = /[\\`*_{}[\]<>()#+!|~&]/g;

/** A text that stands for itself in a line of Markdown. A name after @ would be told of it: a sign of no width parts the two. */
export const inMarkdown = (text: string): string =>
  text
    .replaceAll(/\s+/g, " ")
    .replaceAll(SPECIAL, (sign) => `\\${sign}`)
    .replaceAll("@", "@\u200B");

/** The longest run of backticks in a text. */
const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));

/** A text as code, whatever backticks and line ends it has. In a table a bar would end the cell. */
export const asCode = (text: string): string => {
  const line = text.replaceAll(/\s+/g, " ").replaceAll("|", "\u2502");
  const fence = "`".repeat(longestRun(line) + 1);
  const space = /^`|`$/.test(line) ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
};
