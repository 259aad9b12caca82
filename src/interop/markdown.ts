/** Signs that mean something in Markdown or HTML. */
const SIGNS = /[\\|<>[\]*_`]/g;

/** A text that stands for itself in Markdown, in a cell of a table and in the words of a link, too. */
export const inMarkdown = (text: string): string => text.replaceAll(SIGNS, String.raw`\$&`);

/** A row of a table. */
export const markdownRow = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** Words that lead to an address, which brackets of its own would end. */
export const markdownLink = (words: string, address: string): string =>
  `[${words}](${address.replaceAll("(", "%28").replaceAll(")", "%29")})`;
