// What CI runs (.ci/run): `npm test`, then `npm run fuzz`, whatever came of the tests. Ends in the sum of both, `N passed, N failed`, and exit 1 when something failed.
import { readCommandLine } from "./command-line.mjs";
import { runNpm } from "./run-command.mjs";
import { sumOf } from "./sum-of.mjs";

readCommandLine(`Usage: node tools/house/ci.mjs

Runs npm test and then npm run fuzz, and ends in the sum of both, N passed, N failed; with 0, or 1 when something failed.`);

const tested = await runNpm(["test"], { echo: true });
const fuzzed = await runNpm(["run", "fuzz"], { echo: true });
const { passed, failed } = sumOf([tested, fuzzed]);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
