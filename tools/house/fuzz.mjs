// npm run fuzz: the tests of properties (tests/tried.ts) with many more draws than `npm test` has. Ends in one line, `N passed, N failed`, and exit 1 when
// something failed. What is drawn follows from the commit, so that a run that failed fails again; `--seed N` draws otherwise, `--runs N` tries each property
// so often; after them words, of which a file of tests to run has one.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { installDependencies } from "./install-dependencies.mjs";
import { ROOT } from "./run-command.mjs";
import { runStages } from "./run-stages.mjs";
import { fuzz } from "./stages.mjs";

/** The seed of the commit that is checked out: the first digits of its name; 0 where there is none. */
const seedOfCommit = () => {
  const { stdout } = spawnSync("git", ["rev-parse", "--short=7", "HEAD"], { cwd: ROOT, encoding: "utf8" });
  return Number.parseInt(stdout, 16) || 0;
};

const options = /** @type {const} */ ({ seed: { type: "string" }, runs: { type: "string" } });
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const { seed = String(seedOfCommit()), runs } = values;

await installDependencies();
console.log(`Seed ${seed}`);
const failed = await runStages([fuzz({ seed, words: positionals, ...(runs !== undefined && { runs }) })]);
process.exit(failed === 0 ? 0 : 1);
