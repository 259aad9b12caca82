// npm run fuzz: the tests of properties (tests/tried.ts) with many more draws than `npm test` has, and sweeps (tests/swept.ts) over all rows. Ends in one line, `N passed, N failed`, and exit 1 when
// something failed. What is drawn follows from the sources, so that a run that failed fails again, and a commit that changes none draws nothing new; `--seed N` draws otherwise, `--runs N` tries each property
// so often; after them words, of which a file of tests to run has one.
import { readCommandLine, refuseCommandLine } from "./command-line.mjs";
import { installDependencies } from "./install-dependencies.mjs";
import { runStages } from "./run-stages.mjs";
import { seedOfSources } from "./seed-of-sources.mjs";
import { fuzz } from "./stages.mjs";

const USAGE = `Usage: npm run fuzz -- [--seed N] [--runs N] [WORD...]

Tries properties with many more draws than npm test has, sweeps over all rows, and ends in one line, N passed, N failed; with 0, or 1 when something failed.

  --seed N  draws otherwise than the sources do
  --runs N  tries each property so often
  WORD      of the path of each file of tests that is run; none: all`;

const { values, positionals } = readCommandLine(USAGE, {
  options: { seed: { type: "string" }, runs: { type: "string" } },
  most: Number.POSITIVE_INFINITY,
});
const { seed = String(seedOfSources()), runs } = values;
for (const [name, text] of Object.entries({ seed, runs }))
  if (text !== undefined && !/^\d{1,15}$/.test(text)) refuseCommandLine(`--${name} needs a whole number.`, USAGE);

await installDependencies();
console.log(`Seed ${seed}`);
const failed = await runStages([fuzz({ seed, words: positionals, ...(runs !== undefined && { runs }) })]);
process.exit(failed === 0 ? 0 : 1);
