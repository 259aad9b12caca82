// Text for the terminal: outcome names, aligned columns, unknown names, and lines without control characters.

import type { Status } from "#format/svg.ts";
import { plainSpaces } from "#format/numbers.ts";
import { notKnownJson, notKnownLines } from "./given-scenario.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { isNotKnownIssue, type Issue } from "#scenario/keys/issues.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";

/** How a terminal says whether something fits. */
export const FIT_NAMES: Readonly<Record<Status, string>> = {
  fits: "fits",
  tight: "may not fit",
  over: "does not fit",
  "cannot-run": "cannot run",
  "not-known": "not known",
};

/** The text of a command about a link that names something unknown: the link, what else was wrong with it, what is not known, and the nearest names. */
export const notKnownText = (choices: Choices, issues: readonly Issue[]): readonly string[] => [
  encodeLink(choices),
  ...issues.filter((issue) => !isNotKnownIssue(issue)).map(({ message }) => `! ${message}`),
  "",
  ...notKnownLines(notKnownJson(choices)),
];

/**
 * Columns as wide as their widest cell: the first aligned left, for labels, the others right, for numbers.
 *
 * @param rows of equal length
 */
export const textTable = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
};

/** Line ends and tabs of any kind. */
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/** Signs that a terminal obeys, that turn the direction of writing, or that are halves of a sign; not the space without width, which Markdown here parts names with. */
const OBEYED = /(?!\u200B)[\p{Cc}\p{Cf}\p{Cs}]/gu;

/**
 * A line of a report as a line. Files that somebody has brought may have line ends and control signs in their values and names, which a terminal would obey, and
 * at the beginning of a line what a runner of CI takes for its own (`::stop-commands::` of GitHub Actions).
 */
export const printableLine = (text: string): string =>
  plainSpaces(text).replaceAll(BREAKS, " ").replaceAll(OBEYED, "\uFFFD");
