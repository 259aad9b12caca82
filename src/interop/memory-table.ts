// The page's memory table as Markdown and CSV, and the escaping of text in Markdown.

import { formatGib } from "#format/bytes.ts";
import { GIB } from "#calc/base/bytes.ts";

/** Signs that mean something in Markdown or HTML. */
const SIGNS = /[\\|<>[\]*_`]/g;

/** A text that stands for itself in Markdown, in a cell of a table and in the words of a link, too. */
export const inMarkdown = (text: string): string => text.replaceAll(SIGNS, String.raw`\$&`);

/** A row of a table. */
export const markdownRow = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** Words that lead to an address, which brackets of its own would end. */
export const markdownLink = (words: string, address: string): string =>
  `[${words}](${address.replaceAll("(", "%28").replaceAll(")", "%29")})`;

/** The table in Markdown, as GitHub and most documentation tools read it; GiB as on the page, and the link to the scenario under it. */
export const tableMarkdown = ({ scenario, link, date, methods, rows }: MemoryTable): string =>
  [
    markdownRow(["GiB per GPU", ...methods]),
    markdownRow(["---", ...methods.map(() => "---:")]),
    ...rows.map(({ label, bytes }) => markdownRow([label, ...bytes.map(formatGib)])),
    "",
    `${markdownLink(inMarkdown(scenario), link)}, ${date}`,
    "",
  ].join("\n");

/** The figures of the page as a table: what is exported to other tools, whatever the format. */
export type MemoryTable = Readonly<{
  /** In words: model, adapters, batch, card. */
  scenario: string;
  /** The whole address of the scenario. */
  link: string;
  /** The day it was taken, YYYY-MM-DD. */
  date: string;
  /** One a column. */
  methods: readonly string[];
  /** One a term, and the sums; bytes in the order of the methods, negative where memory is missing. */
  rows: readonly Readonly<{ label: string; bytes: readonly number[] }>[];
}>;

/** GiB to the tenth of a mebibyte: enough to add up, short enough to read. */
const DECIMALS = 4;

/** How a formula begins; a number below 0 is none. */
const FORMULA = /^(?:[=+@\t\r]|-(?![\d.]+$))/;

/** A cell that begins as a formula does would be run as one by a spreadsheet: an apostrophe makes it text. */
const cell = (value: string): string => {
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const line = (cells: readonly string[]): string => cells.map(cell).join(",");

/** The table as CSV: GiB and bytes of every term, and under it scenario, link and date. @see https://www.rfc-editor.org/rfc/rfc4180 */
export const tableCsv = ({ scenario, link, date, methods, rows }: MemoryTable): string =>
  [
    line(["Part", ...methods.map((name) => `${name} GiB`), ...methods.map((name) => `${name} bytes`)]),
    ...rows.map(({ label, bytes }) =>
      line([label, ...bytes.map((value) => (value / GIB).toFixed(DECIMALS)), ...bytes.map(String)]),
    ),
    line(["Scenario", scenario]),
    line(["Link", link]),
    line(["Date", date]),
    "",
  ].join("\r\n");
