import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, runCommand } from "../house/run-command.mjs";
import { REPORTS, TIMES } from "../house/stages.mjs";
import { counted, endOf } from "./section.mjs";
import { table } from "./table.mjs";

/** @typedef {Readonly<{ what: string, command: string, line: string, isMet: boolean }>} Line the last that a command prints */
/** @typedef {Readonly<{ passed: number, failed: number, flaky: number, date: string }>} BrowserTests */
/** @typedef {Readonly<{ name: string, seconds: number }>} StageTime */
/** @typedef {Readonly<{ seconds: number, stages: readonly StageTime[], files: readonly import("../house/file-times.mjs").FileTime[] }>} Times */
/** @typedef {Readonly<{ lines: readonly Line[], browserTests: BrowserTests | null, times?: Times | null }>} Answers null: no `npm test` was run here */

/** Commands that hold the engine against what others measured or counted. */
const COMMANDS = [
  { name: "accuracy", what: "Against measured runs" },
  { name: "reference", what: "Against PyTorch's own count" },
  { name: "oom-set", what: "Out-of-memory messages of public threads" },
];

/** @param {typeof COMMANDS[number]} command @returns {Promise<Line>} */
const lastLine = async ({ name, what }) => {
  const { code, output } = await runCommand(process.execPath, ["tools/terminal/run.mjs", name]);
  const line = output.trimEnd().split("\n").at(-1)?.trim() ?? "";
  if (line === "") throw new Error(`npm run -s ${name} printed nothing.`);
  if (code !== 0) throw new Error(endOf(output));
  return { what, command: `npm run -s ${name}`, line, isMet: true };
};

/** What the last `npm test` here said of them: they take long, and nothing here depends on them. @returns {BrowserTests | null} */
const lastBrowserTests = () => {
  const file = join(ROOT, REPORTS, "real-browser tests.json");
  if (!existsSync(file)) return null;
  const { stats } = JSON.parse(readFileSync(file, "utf8"));
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    flaky: stats.flaky,
    date: stats.startTime.slice(0, 10),
  };
};

/** What the last whole `npm test` here took. @returns {Times | null} */
const lastTimes = () => {
  const file = join(ROOT, TIMES);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
};

/** @param {number} seconds */
const inSeconds = (seconds) => seconds.toFixed(1);

/** @param {Times} times */
const timesWords = ({ seconds, stages, files }) => [
  `The last \`npm test\` here took ${(seconds / 60).toFixed(1)} minutes. Its stages, two of which may run at once:`,
  table(
    ["stage", ">seconds"],
    stages.map(({ name, seconds: each }) => [name, inSeconds(each)]),
  ),
  "The slowest files, with the seconds of their tests one after the other:",
  table(
    ["file", ">seconds"],
    files.map(({ file, seconds: each }) => [`\`${file}\``, inSeconds(each)]),
  ),
];

/** @param {BrowserTests | null} tests */
const browserWords = (tests) =>
  tests === null
    ? "There is no report of real-browser tests: `npm test` was not run here."
    : `Real-browser tests as the last \`npm test\` here ran them, on ${tests.date}: ${counted(tests.passed)} passed, ${counted(tests.failed)} failed; ` +
      `${counted(tests.flaky)} of them passed on their second try.`;

/** @type {import("./section.mjs").Section} */
export const ANSWERS = {
  name: "answers",
  title: "Answers",
  measure: async () => {
    const lines = [];
    for (const command of COMMANDS) lines.push(await lastLine(command));
    return { lines, browserTests: lastBrowserTests(), times: lastTimes() };
  },
  headlines: (/** @type {Answers} */ { lines, browserTests }) => [
    ...lines.map(({ what, line, command }) => ({ what, figure: line, command })),
    {
      what: "Real-browser tests that pass",
      figure:
        browserTests === null
          ? "were not run here"
          : `${counted(browserTests.passed)} of ${counted(browserTests.passed + browserTests.failed)}`,
      goal: "all",
      isMet: browserTests !== null && browserTests.failed === 0 && browserTests.passed > 0,
      command: "npm test",
    },
  ],
  words: (/** @type {Answers} */ { lines, browserTests, times }) => [
    "The engine's figures held against runs that were measured, against PyTorch's own count of a step's tensors, and against messages of runs that failed: what each command " +
      "prints last. [accuracy.md](accuracy.md) has the rows.",
    table(
      ["what", "command", "its last line"],
      lines.map(({ what, command, line }) => [what, `\`${command}\``, line]),
    ),
    browserWords(browserTests),
    ...(times ? timesWords(times) : []),
  ],
};
