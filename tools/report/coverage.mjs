import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT, runTool } from "../house/run-command.mjs";
import { FACTS } from "./facts.mjs";
import { counted, endOf, percent, sum } from "./section.mjs";
import { table } from "./table.mjs";

/** @typedef {"lines" | "branches" | "functions"} Measure */
/** @typedef {Readonly<Record<Measure, Readonly<{ total: number, covered: number }>>>} Covered */
/** @typedef {Readonly<{ passed: number, failed: number, rooms: readonly (Covered & Readonly<{ room: string }>)[] }>} Coverage */

/** @type {readonly Measure[]} */
const MEASURES = ["lines", "branches", "functions"];

/** @param {string} path of a file */
const roomOf = (path) => {
  const [, room = "", ...inside] = relative(ROOT, path).replaceAll("\\", "/").split("/");
  return inside.length === 0 ? "src" : room;
};

/** @param {readonly Covered[]} files @returns {Covered} */
const together = (files) => {
  /** @param {Measure} measure */
  const of = (measure) => ({
    total: sum(files.map((file) => file[measure].total)),
    covered: sum(files.map((file) => file[measure].covered)),
  });
  return { lines: of("lines"), branches: of("branches"), functions: of("functions") };
};

/** The rooms of a report with a line for each file. @param {Readonly<Record<string, Covered>>} summary @returns {Coverage["rooms"]} */
export const roomsIn = (summary) => {
  const files = Object.entries(summary).filter(([path]) => path !== "total");
  const rooms = [...new Set(files.map(([path]) => roomOf(path)))].sort();
  return rooms.map((room) => ({
    room,
    ...together(files.filter(([path]) => roomOf(path) === room).map(([, covered]) => covered)),
  }));
};

/** @param {string} file */
const read = (file) => JSON.parse(readFileSync(file, "utf8"));

/** @type {import("./section.mjs").Section} */
export const COVERAGE = {
  name: "coverage",
  title: "Coverage",
  measure: async () => {
    const [summary, tests] = [join(FACTS, "coverage", "coverage-summary.json"), join(FACTS, "covered-tests.json")];
    for (const file of [summary, tests]) rmSync(file, { force: true });
    const { output } = await runTool("vitest", [
      "run",
      "--maxWorkers=100%",
      "--coverage",
      "--coverage.reporter=json-summary",
      "--coverage.reportOnFailure",
      `--coverage.reportsDirectory=${join(FACTS, "coverage")}`,
      "--reporter=json",
      `--outputFile.json=${tests}`,
    ]);
    if (!existsSync(summary) || !existsSync(tests)) throw new Error(endOf(output));
    const { numPassedTests: passed, numFailedTests: failed } = read(tests);
    return { passed, failed, rooms: roomsIn(read(summary)) };
  },
  headlines: (/** @type {Coverage} */ { passed, failed, rooms }) => {
    const { lines, branches } = together(rooms);
    const command = "npm run coverage";
    return [
      {
        what: "Unit and component tests that pass",
        figure: `${counted(passed)} of ${counted(passed + failed)}`,
        goal: "all",
        isMet: failed === 0 && passed > 0,
        command,
      },
      {
        what: "Lines and branches that they reach",
        figure: `${percent(lines.covered, lines.total)}, ${percent(branches.covered, branches.total)}`,
        command,
      },
    ];
  },
  words: (/** @type {Coverage} */ { rooms }) => [
    "What unit and component tests reach of `src`, by room; a file that no test loads counts with all its lines. What only a real browser runs (the " +
      "worker, dialogs, the page's start) is not counted: its tests look at the built page.",
    table(
      ["room", ...MEASURES.flatMap((measure) => [`>${measure}`, ">reached"])],
      [...rooms, { room: "all", ...together(rooms) }].map((covered) => [
        covered.room,
        ...MEASURES.flatMap((measure) => [
          counted(covered[measure].total),
          percent(covered[measure].covered, covered[measure].total),
        ]),
      ]),
    ),
  ],
};
