import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureBrowser } from "../house/browser.mjs";
import { ROOT, runCommand, runTool } from "../house/run-command.mjs";
import { FACTS } from "./facts.mjs";
import { counted, endOf, sum } from "./section.mjs";
import { table } from "./table.mjs";

/** @typedef {Readonly<{ test: string, within: string, theme: string, width: number, rules: number, violations: number }>} Look of axe */
/** @typedef {Readonly<{ test: string, within: string, theme: string, width: number, stops: number }>} Walk by Tab */
/** @typedef {Readonly<{ passed: number, failed: number, looks: readonly Look[], walks: readonly Walk[] }>} Accessibility */

const TESTS = join("tests", "e2e");

/** Files of tests that look with axe or walk by Tab. */
const files = () =>
  readdirSync(join(ROOT, TESTS))
    .filter((file) => file.endsWith(".spec.ts"))
    .filter((file) =>
      /\.\/(?:axe|tab-walk|looks\/look-through)\.ts"/.test(readFileSync(join(ROOT, TESTS, file), "utf8")),
    )
    .map((file) => `tests/e2e/${file}`);

/** What a test's helpers wrote down in the report. @param {any} suite @param {"axe" | "tab"} type @returns {readonly any[]} */
const notesIn = ({ suites = [], specs = [] }, type) => [
  ...specs.flatMap((/** @type {any} */ { title, tests }) =>
    tests
      // Of a test with a second try the last counts.
      .flatMap((/** @type {any} */ { results }) => results.at(-1)?.annotations ?? [])
      .filter((/** @type {any} */ note) => note.type === type)
      .map((/** @type {any} */ { description }) => ({ test: title, ...JSON.parse(description) })),
  ),
  ...suites.flatMap((/** @type {any} */ suite) => notesIn(suite, type)),
];

/** @param {any} report of Playwright @returns {Accessibility} */
export const lookedAtIn = (report) => ({
  passed: report.stats.expected + report.stats.flaky,
  failed: report.stats.unexpected,
  looks: notesIn(report, "axe"),
  walks: notesIn(report, "tab"),
});

/** A test's title without what all of them say. @param {string} title */
const viewOf = (title) => title.replace(/^every look at (.*) finds nothing$/, "$1");

/** @template {Look | Walk} Each @param {readonly Each[]} all @param {(own: readonly Each[]) => readonly string[]} figures */
const rowsByTest = (all, figures) =>
  [...new Set(all.map(({ test }) => test))].map((test) => {
    const own = all.filter((each) => each.test === test);
    /** @param {(each: Each) => string | number} of */
    const listed = (of) => [...new Set(own.map(of))].join(", ");
    return [viewOf(test), listed(({ width }) => width), listed(({ theme }) => theme), ...figures(own)];
  });

/** @type {import("./section.mjs").Section} */
export const ACCESSIBILITY = {
  name: "accessibility",
  title: "Accessibility",
  measure: async () => {
    const file = join(FACTS, "accessibility-tests.json");
    rmSync(file, { force: true });
    const built = await runCommand(process.execPath, ["tools/build/build.mjs"]);
    if (built.code !== 0) throw new Error(endOf(built.output));
    if ((await ensureBrowser()) === null)
      throw new Error("No Chrome or Chromium was found and none could be installed.");
    const { output } = await runTool(
      "@playwright/test/playwright",
      ["test", "--reporter=dot,json", "--retries=1", ...files()],
      { env: { PLAYWRIGHT_JSON_OUTPUT_FILE: file, FORCE_COLOR: "0" } },
    );
    if (!existsSync(file)) throw new Error(endOf(output));
    return lookedAtIn(JSON.parse(readFileSync(file, "utf8")));
  },
  headlines: (/** @type {Accessibility} */ { passed, failed, looks, walks }) => {
    const violations = sum(looks.map((look) => look.violations));
    return [
      {
        what: "Rules of axe that are broken",
        figure: `${counted(violations)} in ${counted(looks.length)} looks`,
        goal: "none",
        isMet: violations === 0 && looks.length > 0,
        command: "npm test",
      },
      {
        what: "Tests of axe and of walks by Tab that pass",
        figure: `${counted(passed)} of ${counted(passed + failed)}, ${counted(sum(walks.map(({ stops }) => stops)))} stops`,
        goal: "all",
        isMet: failed === 0 && passed > 0 && walks.length > 0,
        command: "npm test",
      },
    ];
  },
  words: (/** @type {Accessibility} */ { looks, walks }) => [
    "Axe looks at each view in light and in dark; in dark, where a theme changes colours alone, the second time at the rules of colours. A rule counts where the view has something that it " +
      "is about. Every look and every stop was counted by the run.",
    table(
      ["what axe looked at", "px wide", "themes", ">looks", ">rules kept, most", ">broken"],
      rowsByTest(looks, (own) => [
        counted(own.length),
        counted(Math.max(...own.map(({ rules }) => rules))),
        counted(sum(own.map(({ violations }) => violations))),
      ]),
    ),
    "Tab is pressed until there is no further stop. Each has a role, a name, and a ring that stands out from its ground as WCAG 1.4.11 asks.",
    table(
      ["what Tab walked through", "px wide", "themes", ">walks", ">stops"],
      rowsByTest(walks, (own) => [counted(own.length), counted(sum(own.map(({ stops }) => stops)))]),
    ),
  ],
};
