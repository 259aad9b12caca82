// npm test: everything that must hold, from a fresh clone. Ends in one line, `N passed, N failed`, and exit 1 when something failed.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCommandLine, refuseCommandLine } from "./command-line.mjs";
import { slowestOf, timeLine } from "./file-times.mjs";
import { installDependencies } from "./install-dependencies.mjs";
import { allTests, pickedTests } from "./picked-tests.mjs";
import { ROOT } from "./run-command.mjs";
import { runStages } from "./run-stages.mjs";
import { BROWSER, browserTests, CHECKS, REPORTS, TIMES, unitTests } from "./stages.mjs";

const USAGE = `Usage: npm test -- [WORD...]

Runs everything that must hold, and ends in one line, N passed, N failed; with 0, or 1 when something failed.

  WORD  runs only the tests whose file has one of these in its path, and what those need: "late", "tests/ui", "src/ui/late-parts.tsx"`;

const { positionals: words } = readCommandLine(USAGE, { most: Number.POSITIVE_INFINITY });

/** The build draws a picture with the browser, which may have to be installed first. */
const checks = CHECKS.map((stage) => (stage.name === "build" ? { ...stage, after: ["browser"] } : stage));
const all = [BROWSER, ...checks, unitTests(), browserTests()];

/** What some words pick, and what was left out for them, in a sentence. */
const picked = () => {
  const tests = allTests();
  const { unit, browser } = pickedTests(words, tests);
  if (unit.length + browser.length === 0)
    return refuseCommandLine(`No file of tests has ${words.join(" or ")} in its path.`, USAGE);
  const build = checks.filter(({ name }) => name === "build");
  const stages = [
    ...(browser.length === 0 ? [] : [BROWSER, ...build]),
    ...(unit.length === 0 ? [] : [unitTests(unit)]),
    ...(browser.length === 0 ? [] : [browserTests(browser)]),
  ];
  const names = checks.filter((stage) => !stages.includes(stage)).map(({ name }) => name);
  const [units, browsers] = [tests.unit.length - unit.length, tests.browser.length - browser.length];
  return {
    stages,
    leftOut: `Left out: ${names.join(", ")}; ${units} files of unit and component tests, ${browsers} of real-browser tests. All: npm test`,
  };
};

/** Prints the slowest files, and keeps how long everything took for `npm run report`. @param {import("./run-stages.mjs").Ended} ended */
const sayTimes = (ended) => {
  const files = slowestOf(ended.flatMap(({ result }) => result.files ?? []));
  console.log(
    ["The slowest files, with the seconds of their tests one after the other", ...files.map(timeLine)].join("\n"),
  );
  if (words.length > 0) return;
  const stages = ended.map(({ name, result }) => ({ name, seconds: result.seconds }));
  mkdirSync(join(ROOT, REPORTS), { recursive: true });
  writeFileSync(join(ROOT, TIMES), JSON.stringify({ seconds: performance.now() / 1000, stages, files }));
};

const { stages, leftOut } = words.length === 0 ? { stages: all, leftOut: null } : picked();
await installDependencies();
const failed = await runStages(stages, (ended) => {
  sayTimes(ended);
  if (leftOut !== null) console.log(leftOut);
});
process.exit(failed === 0 ? 0 : 1);
