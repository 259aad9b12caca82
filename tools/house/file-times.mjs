import { relative, sep } from "node:path";
import { ROOT } from "./run-command.mjs";

/** How long the tests of a file took, one after the other. `file`: its path from the root. @typedef {Readonly<{ file: string, seconds: number }>} FileTime */

const MS = 1000;
const SHOWN = 30;

/** In a report of Vitest. What is loaded before a file's first test is not in it. @param {any} report @returns {readonly FileTime[]} */
export const vitestTimes = ({ testResults }) =>
  testResults.map((/** @type {any} */ { name, startTime, endTime }) => ({
    file: relative(ROOT, name).replaceAll(sep, "/"),
    seconds: (endTime - startTime) / MS,
  }));

/** All tests of a suite of Playwright. @param {any} suite @returns {readonly any[]} */
const specsIn = ({ suites = [], specs = [] }) => [...specs, ...suites.flatMap(specsIn)];

/** In a report of Playwright: second tries included. @param {any} report @returns {readonly FileTime[]} */
export const browserTimes = ({ suites, config }) => {
  /** @type {Map<string, number>} */
  const byFile = new Map();
  for (const { file, tests } of specsIn({ suites }))
    for (const { results } of tests)
      for (const { duration } of results) byFile.set(file, (byFile.get(file) ?? 0) + duration / MS);
  const folder = relative(ROOT, config.rootDir).replaceAll(sep, "/");
  return [...byFile].map(([file, seconds]) => ({ file: `${folder}/${file}`, seconds }));
};

/** The slowest first. @param {readonly FileTime[]} files @param {number} [count] of them */
export const slowestOf = (files, count = SHOWN) => files.toSorted((a, b) => b.seconds - a.seconds).slice(0, count);

/** A line of a file. @param {FileTime} time */
export const timeLine = ({ file, seconds }) => `      ${file.padEnd(64)} ${seconds.toFixed(1).padStart(6)} s`;
