/**
 * A figure of the table at the top of the page.
 *
 * @typedef {Readonly<{ what: string, figure: string, goal?: string, isMet?: boolean, command: string }>} Headline `isMet` false: the goal is missed
 */

/**
 * What was measured, with the commit that was checked out.
 *
 * @typedef {Readonly<{ commit: string, hasChanges: boolean, date: string, seconds: number, data: any }>} Facts `hasChanges`: files were not as in the commit
 */

/** @typedef {Readonly<{ mutants: number, runs?: string }>} Amounts `mutants`: of a room and seed; `runs`: of each property, in the place of its own number */

/**
 * A part of docs/quality.md.
 *
 * @typedef {Readonly<{
 *   name: string,
 *   title: string,
 *   sharesCores?: boolean,
 *   measure: (amounts: Amounts) => Promise<unknown>,
 *   headlines: (data: any) => readonly Headline[],
 *   words: (data: any) => readonly string[],
 * }>} Section `name`: for `--only`, and of the file of facts. `sharesCores`: it takes one of two, and nothing that it measures depends on who has the other.
 * `measure` gives what JSON can hold, and throws a sentence where it cannot; `words` makes paragraphs and tables of it.
 */

/** @param {number} count */
export const counted = (count) => count.toLocaleString("en");

/** @param {number} part @param {number} whole */
export const percent = (part, whole) => (whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`);

/** @param {readonly number[]} values */
export const sum = (values) => values.reduce((total, value) => total + value, 0);

/** The last lines of what a program printed. @param {string} output */
export const endOf = (output) => output.trimEnd().split("\n").slice(-12).join("\n");
