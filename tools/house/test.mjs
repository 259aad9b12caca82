// npm test: everything that must hold, from a fresh clone. Ends in one line, `N passed, N failed`, and exit 1 when something failed.
import { readCommandLine } from "./command-line.mjs";
import { installDependencies } from "./install-dependencies.mjs";
import { runStages } from "./run-stages.mjs";
import { BROWSER, BROWSER_TESTS, CHECKS, UNIT_TESTS } from "./stages.mjs";

readCommandLine(`Usage: npm test

Runs everything that must hold, and ends in one line, N passed, N failed; with 0, or 1 when something failed. A file of tests alone: npx vitest run FILE.`);

await installDependencies();
/** The build draws a picture with the browser, which may have to be installed first. */
const checks = CHECKS.map((stage) => (stage.name === "build" ? { ...stage, after: ["browser"] } : stage));
const failed = await runStages([BROWSER, ...checks, UNIT_TESTS, BROWSER_TESTS]);
process.exit(failed === 0 ? 0 : 1);
