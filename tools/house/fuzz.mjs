// npm run fuzz: the tests of properties (tests/tried.ts) with many more draws than `npm test` has. Ends in one line, `N passed, N failed`, and exit 1 when
// something failed. `--seed N` draws the same again, `--runs N` tries each property so often; after them words, of which a file of tests to run has one.
import { parseArgs } from "node:util";
import { installDependencies } from "./install-dependencies.mjs";
import { runStages } from "./run-stages.mjs";
import { fuzz } from "./stages.mjs";

/** fast-check's seeds are whole numbers of 32 bits. */
const SEEDS = 2 ** 31;

const options = /** @type {const} */ ({ seed: { type: "string" }, runs: { type: "string" } });
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const { seed = String(Date.now() % SEEDS), runs } = values;

await installDependencies();
console.log(`Seed ${seed}: npm run fuzz -- --seed ${seed} draws the same again.`);
const failed = await runStages([fuzz({ seed, words: positionals, ...(runs !== undefined && { runs }) })]);
process.exit(failed === 0 ? 0 : 1);
