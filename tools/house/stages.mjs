import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { browserTimes, vitestTimes } from "./file-times.mjs";
import { fuzzedFiles } from "./fuzzed-files.mjs";
import { ROOT, runCommand, runTool } from "./run-command.mjs";

/** @typedef {import("./file-times.mjs").FileTime} FileTime */

/**
 * @typedef {Readonly<{ passed: number, failed: number, seconds: number, note: string, output: string, files?: readonly FileTime[] }>} StageResult `files`: how
 * long the tests of each file took
 * @typedef {Readonly<{ name: string, after?: readonly string[], alone?: boolean, run: () => Promise<StageResult> }>} Stage
 * A step of `npm test` or `npm run check`. It starts when the stages named in `after` have passed, and fails unstarted when one has not.
 * One that runs `alone` has both cores: tests wait for things to happen, and on a busy machine they wait in vain.
 */

/** Where reports of tests are, each named after its stage. */
export const REPORTS = join("node_modules", ".cache", "headroom");

/** What the last whole `npm test` took, as JSON: in all, its stages, its slowest files. */
export const TIMES = join(REPORTS, "times.json");

/**
 * A program whose exit code is the verdict: it counts as one check.
 *
 * @param {string} name
 * @param {() => Promise<import("./run-command.mjs").CommandResult>} run
 * @param {readonly string[]} [after]
 * @returns {Stage}
 */
const check = (name, run, after = []) => ({
  name,
  after,
  run: async () => {
    const { code, output, seconds } = await run();
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, seconds, note: "", output };
  },
});

/**
 * A test runner that writes a JSON report. A run that ends badly without a failed test (a file that does not load, an
 * unhandled error, no report at all) counts as one failure.
 *
 * @param {Readonly<{ name: string, after?: readonly string[], run: (report: string) => Promise<import("./run-command.mjs").CommandResult>,
 * countTests: (report: any) => Readonly<{ passed: number, failed: number, skipped: number, retried?: readonly string[], more?: string }>,
 * timesOf: (report: any) => readonly FileTime[] }>} options `more`: what else is said of the tests
 * @returns {Stage}
 */
const tests = ({ name, after = [], run, countTests, timesOf }) => ({
  name,
  after,
  alone: true,
  run: async () => {
    const report = join(REPORTS, `${name}.json`);
    mkdirSync(join(ROOT, REPORTS), { recursive: true });
    rmSync(join(ROOT, report), { force: true });
    const { code, output, seconds } = await run(report);
    /** @type {ReturnType<typeof countTests>} */
    let counted = { passed: 0, failed: 0, skipped: 0 };
    /** @type {readonly FileTime[]} */
    let files = [];
    try {
      const read = JSON.parse(readFileSync(join(ROOT, report), "utf8"));
      counted = countTests(read);
      files = timesOf(read);
    } catch {
      // No readable report: the exit code, and the output that is then printed, say why.
    }
    const nothingRan = counted.passed + counted.failed === 0;
    const failed = counted.failed === 0 && (code !== 0 || nothingRan) ? 1 : counted.failed;
    const more = counted.more === undefined ? "" : `, ${counted.more}`;
    const skipped = counted.skipped === 0 ? "" : `, ${counted.skipped} skipped`;
    const retried = (counted.retried ?? []).map((name) => `\n      passed on its second try: ${name}`).join("");
    return {
      passed: counted.passed,
      failed,
      seconds,
      note: `${counted.passed + counted.failed} tests${more}${skipped}${retried}`,
      output,
      files,
    };
  },
});

/** Everything that needs no browser and runs no test: what an editor would have told. */
export const CHECKS = [
  check("build", () => runCommand(process.execPath, ["tools/build/build.mjs"])),
  check("lint", () => runTool("oxlint", ["--type-aware", "--deny-warnings"])),
  check("format", () => runTool("oxfmt", ["--check"])),
  check("types", () => runTool("typescript/tsc", ["-p", "."])),
  check("knip", () => runTool("knip", [])),
  // What nothing but tests imports says so (`@internal`).
  check("knip without tests", () => runTool("knip", ["--production"])),
  check("size", () => runCommand(process.execPath, ["tools/house/size.mjs", "--budgets"]), ["build"]),
];

/** Left to itself Vitest keeps one core free: of two that is half. */
const VITEST = ["run", "--maxWorkers=100%", "--reporter=default", "--reporter=json"];

/** @param {string} report @param {readonly string[]} args @param {Readonly<Record<string, string>>} [env] */
const runVitest = (report, args, env = {}) =>
  runTool("vitest", [...VITEST, `--outputFile.json=${report}`, ...args], { env });

/** Vitest: the rooms' own tests, and components in jsdom. @param {readonly string[]} [files] these alone; else all */
export const unitTests = (files = []) =>
  tests({
    name: "unit and component tests",
    run: (report) => runVitest(report, files),
    countTests: ({ numPassedTests, numFailedTests, numPendingTests }) => ({
      passed: numPassedTests,
      failed: numFailedTests,
      skipped: numPendingTests,
    }),
    timesOf: vitestTimes,
  });

/** How many cases the properties of a report were tried with. @param {any} report */
const drawsIn = ({ testResults }) =>
  testResults
    .flatMap((/** @type {any} */ { assertionResults }) => assertionResults)
    .reduce((/** @type {number} */ sum, /** @type {any} */ { meta }) => sum + (meta.draws ?? 0), 0);

/**
 * Vitest: the tests of properties alone, with draws from a seed, and sweeps over all rows.
 *
 * @param {Readonly<{ seed: string, runs?: string, words: readonly string[] }>} asked `runs`: how often each property is tried, in the place of its own
 * number; `words`: the path of each file has one of them; none: all files
 */
export const fuzz = ({ seed, runs, words }) =>
  tests({
    name: "properties",
    run: async (report) => {
      const all = await fuzzedFiles();
      const files = all.filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
      const env = { FUZZ_SEED: seed, ...(runs !== undefined && { FUZZ_RUNS: runs }) };
      return runVitest(report, ["--tags-filter=fuzz or sweep", ...files], env);
    },
    // What `npm test` alone runs of these files is pending.
    countTests: (found) => ({
      passed: found.numPassedTests,
      failed: found.numFailedTests,
      skipped: 0,
      more: `${drawsIn(found).toLocaleString("en")} draws`,
    }),
    timesOf: vitestTimes,
  });

/** Finds or installs the browser that the next stage drives. Once installed, `findBrowser` sees it. */
export const BROWSER = check("browser", async () => {
  const { ensureBrowser } = await import("./browser.mjs");
  const start = performance.now();
  const path = await ensureBrowser();
  const output =
    path ?? "No Chrome or Chromium was found and none could be installed. Install one, or name it in CHROME_PATH.";
  return { code: path === null ? 1 : 0, output, seconds: (performance.now() - start) / 1000 };
});

/**
 * The tests that failed and then passed, in a report of Playwright.
 *
 * @param {any} suite
 * @returns {readonly string[]}
 */
const retriedIn = ({ suites = [], specs = [] }) => [
  ...specs
    .filter((/** @type {any} */ { tests: runs }) => runs.some((/** @type {any} */ { status }) => status === "flaky"))
    .map((/** @type {any} */ { file, line, title }) => `${file}:${line} ${title}`),
  ...suites.flatMap(retriedIn),
];

/**
 * Playwright: the built page, under a sub-path, in a real browser. Who shares the machine decides when a frame comes, so a test has a second try.
 * One that needs it is named, since a flaw of the page may be behind it; without a second try: `npx playwright test FILE`.
 *
 * @param {readonly string[]} [files] these alone; else all
 */
export const browserTests = (files = []) =>
  tests({
    name: "real-browser tests",
    after: ["build", "browser"],
    run: (report) =>
      runTool("@playwright/test/playwright", ["test", "--reporter=dot,json", "--retries=1", ...files], {
        env: { PLAYWRIGHT_JSON_OUTPUT_FILE: join(ROOT, report), FORCE_COLOR: "0" },
      }),
    countTests: ({ suites, stats: { expected, unexpected, flaky, skipped } }) => ({
      passed: expected + flaky,
      failed: unexpected,
      skipped,
      retried: retriedIn({ suites }),
    }),
    timesOf: browserTimes,
  });
