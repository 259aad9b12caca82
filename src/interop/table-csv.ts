import { GIB } from "#calc/base/quantity.ts";
import type { MemoryTable } from "./memory-table.ts";

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
