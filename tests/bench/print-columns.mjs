import { inWords, summarise } from "./statistics.mjs";

const CELL = 28;
const RATIO = 8;

/**
 * @typedef {Readonly<{ title: string, samples: readonly (readonly number[])[], digits?: number }>} Row
 * One figure, and what was measured of it on each side.
 */

/** How many times the base's the median of this checkout is. @param {Row["samples"]} samples */
export const ratioOf = ([base = [], here = []]) => {
  const ratio = summarise(here).median / summarise(base).median;
  return Number.isFinite(ratio) ? ratio.toFixed(2) : "-";
};

/** @param {Row} row */
const lineOf = ({ title, samples, digits = 0 }) => {
  const cells = samples.map((each) => (each.length === 0 ? "-" : inWords(summarise(each), digits)).padEnd(CELL));
  const ratio = samples.length > 1 ? ratioOf(samples).padEnd(RATIO) : "";
  return `  ${cells.join("")}${ratio}${title}`;
};

/**
 * Prints figures, one a line, with a column for each side and with two sides their ratio.
 *
 * @param {string} title
 * @param {readonly string[]} sides
 * @param {readonly Row[]} rows
 */
export const printColumns = (title, sides, rows) => {
  console.log(title);
  if (sides.length > 1) console.log(`  ${sides.map((side) => side.padEnd(CELL)).join("")}ratio`);
  for (const row of rows) console.log(lineOf(row));
};
